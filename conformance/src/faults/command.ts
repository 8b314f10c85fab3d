import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const binary = fileURLToPath(new URL("../../../packages/cli/bin/cordon.js", import.meta.url));

export interface Command {
  readonly child: ChildProcess;
  readonly told: { out: string; error: string };
  readonly ended: Promise<number | null>;
}

/** Starts the command as a user would, by another program where given one to start it by. */
export function startCommand(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  by: readonly string[] = [],
): Command {
  const [program, ...rest] = [...by, process.execPath, binary, ...args] as [string, ...string[]];
  const { PATH, HOME } = process.env;
  const child = spawn(program, rest, {
    env: { PATH, HOME, NO_COLOR: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const told = { out: "", error: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    told.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    told.error += text;
  });
  return { child, told, ended: new Promise((resolve) => child.once("close", resolve)) };
}

/** @throws Error with what it said where it fails */
export async function runCommand(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { told, ended } = startCommand(args, environment);
  const code = await ended;
  if (code !== 0) throw new Error(`cordon ${args.join(" ")} ended with ${code}:\n${told.out}${told.error}`);
  return told.out;
}

export interface Serving extends Command {
  readonly url: string;
  /** Memory that the process holds, in MB; NaN where there is no /proc. */
  memory(): number;
  /** Asks it to end; the exit code. */
  stop(): Promise<number | null>;
}

/** Starts `cordon serve` and waits until it takes requests. */
export async function serve(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  by: readonly string[] = [],
): Promise<Serving> {
  const command = startCommand(["serve", "--port", "0", ...args], environment, by);
  const { child, told, ended } = command;
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", () => {
      const found = /^listening on (\S+)$/m.exec(told.out)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then((code) => reject(new Error(`serve ended with ${code}:\n${told.out}${told.error}`)));
  });
  const stop = (): Promise<number | null> => {
    child.kill("SIGTERM");
    return ended;
  };
  return { ...command, url, memory: () => memoryOf(child.pid ?? 0), stop };
}

function memoryOf(pid: number): number {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    return Number.NaN;
  }
}
