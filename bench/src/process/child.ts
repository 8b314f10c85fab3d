import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

/** A server that a benchmark started, and ends. */
export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  /** Milliseconds from starting the process until it was ready. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

export interface Start {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Answers the URL once a line of output, or a question to the server itself, shows that it is ready. */
  ready(child: ChildProcess): Promise<string>;
}

const START_TIMEOUT_MS = 20_000;

export async function startServer({ program, args, cwd, ready }: Start): Promise<RunningServer> {
  const started = performance.now();
  const child = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => (printed = (printed + chunk).slice(-4000)));
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`${program} ended with exit code ${code}\n${printed}`);
  });
  const late = new Promise<never>((_, reject) => {
    setTimeout(
      () => reject(new Error(`${program} was not ready in time\n${printed}`)),
      START_TIMEOUT_MS,
    ).unref();
  });
  try {
    const url = await Promise.race([ready(child), ended, late]);
    // From here on its end is expected.
    ended.catch(() => {});
    return { url, pid: child.pid ?? 0, readyMs: performance.now() - started, stop: () => stop(child) };
  } catch (error) {
    ended.catch(() => {});
    await stop(child);
    throw error;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const hard = setTimeout(() => child.kill("SIGKILL"), 5000);
  await gone;
  clearTimeout(hard);
}

/** Resolves with the URL that a `listening on URL` line names. */
export function listeningLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    child.stdout?.on("data", (chunk) => {
      text = (text + chunk).slice(-10_000);
      const url = /listening on (https?:\/\/\S+)/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

/** CPU time that a process has used since it started, in milliseconds; NaN where there is no /proc. */
export function cpuMs(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    // Fields 14 and 15 of proc(5), counted in ticks of 10 ms.
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}
