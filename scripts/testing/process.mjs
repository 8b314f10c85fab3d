import { spawn } from "node:child_process";

/**
 * Runs a command to its end and never throws for its exit code: a check decides what a code means.
 * Output keeps the order in which both streams were written.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, inherit?: boolean, input?: string }} [options]
 * @returns {Promise<{ code: number, stdout: string, output: string }>} code 124 for a command that ran out of time
 */
export function run(command, args, options = {}) {
  const { timeoutMs = 300_000, inherit = false, input } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: [
        input === undefined ? "ignore" : "pipe",
        inherit ? "inherit" : "pipe",
        inherit ? "inherit" : "pipe",
      ],
      // A group of its own, so that a time-out also reaches what the command itself started.
      detached: process.platform !== "win32",
      shell: process.platform === "win32",
    });
    let stdout = "";
    let output = "";
    let timedOut = false;
    child.stdout?.on("data", (chunk) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      output += chunk;
    });
    if (input !== undefined) child.stdin?.end(input);
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup(child.pid);
    }, timeoutMs);
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    // What a command started and left behind ends with it.
    child.on("exit", () => killGroup(child.pid));
    child.on("close", (code) => {
      clearTimeout(timer);
      if (timedOut) output += `\n(killed after ${timeoutMs / 1000} s)`;
      resolve({ code: timedOut ? 124 : (code ?? 1), stdout, output });
    });
  });
}

/** @param {number | undefined} pid */
function killGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // Already gone: the time-out and the end of the command crossed.
  }
}
