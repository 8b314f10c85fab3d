import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const binary = fileURLToPath(new URL("../../bin/cordon.js", import.meta.url));

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Standard input; none by default. */
  input?: string;
}

/** Runs the real command as a user would and waits for its end. */
export function cordon(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const child = start(args, options);
  const told = collect(child);
  child.stdin?.end(options.input ?? "");
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...told }));
  });
}

export interface Server {
  url: string;
  child: ChildProcess;
  /** What it has said so far. */
  told: { stdout: string; stderr: string };
  /** Sends a signal and waits for the end; returns the exit code, or null where the signal killed it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `cordon serve` and waits for its ready line. */
export function serve(args: readonly string[], options: RunOptions = {}): Promise<Server> {
  const child = start(["serve", "--port", "0", ...args], options);
  const told = collect(child);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const stop = (signal: NodeJS.Signals = "SIGTERM") => {
    child.kill(signal);
    return ended;
  };
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", () => {
      const url = /^listening on (\S+)\n/m.exec(told.stdout)?.[1];
      if (url !== undefined) resolve({ url, child, told, stop });
    });
    void ended.then((code) =>
      reject(new Error(`serve ended with ${code} before it was ready: ${told.stderr}`)),
    );
  });
}

/** Starts the real command without waiting for its end. */
export function start(args: readonly string[], { cwd, env }: RunOptions): ChildProcess {
  const inherited = { ...process.env };
  for (const name of ["NO_COLOR", "FORCE_COLOR", "CORDON_KEY", "NODE_OPTIONS"]) delete inherited[name];
  return spawn(process.execPath, [binary, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...inherited, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const told = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    told.stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    told.stderr += text;
  });
  return told;
}
