/** The little that is used of a package without types. */
declare module "autocannon" {
  interface Options {
    url: string;
    connections: number;
    duration: number;
    requests: { method: string; headers: Record<string, string>; body: string }[];
  }

  interface Result {
    duration: number;
    errors: number;
    timeouts: number;
    non2xx: number;
    "2xx": number;
    latency: { p50: number; p99: number };
  }

  export default function autocannon(options: Options): Promise<Result>;
}
