import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const running = new Set();
const complaints = [];

/**
 * Starts a server that prints `listening on URL` when it is ready.
 *
 * @returns {Promise<string>} the URL
 */
export async function startServer(name, args, env = {}) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // Ctrl-C is for the demo, which then ends its servers in order.
    detached: true,
  });
  running.add(child);
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors = (errors + chunk).slice(-4_000);
    for (const line of String(chunk).split("\n")) {
      if (/"level":[56]0/.test(line)) complaints.push(`${name}: ${line.slice(0, 2_000)}`);
    }
  });
  child.once("exit", () => running.delete(child));
  const listening = new Promise((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const url = /^listening on (\S+)/.exec(line)?.[1];
      if (url) resolve(url);
    });
  });
  const gone = once(child, "exit").then(([code, signal]) => {
    throw new Error(`the ${name} ended early (${signal ?? `exit code ${code}`})\n${errors}`);
  });
  // After the start an early end shows in the requests that then fail.
  gone.catch(() => {});
  return Promise.race([listening, gone, startLimit(name, () => errors)]);
}

function startLimit(name, errors) {
  return new Promise((_, reject) => {
    const late = () => reject(new Error(`the ${name} was not ready after 30 s\n${errors()}`));
    setTimeout(late, 30_000).unref();
  });
}

/** What the servers reported as errors so far. */
export const reportedErrors = () => [...complaints];

/**
 * Runs a command to its end.
 *
 * @returns {Promise<{ code: number, output: string }>} both of its streams, in the order written
 */
export async function runToEnd(command, args, options = {}) {
  const child = spawn(command, args, {
    ...options,
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
    });
  }
  try {
    const [code] = await once(child, "close");
    return { code: code ?? 1, output };
  } finally {
    running.delete(child);
  }
}

/** Ends what was started, politely first. */
export async function stopProcesses() {
  const children = [...running]
    .reverse()
    .filter(({ exitCode, signalCode }) => (exitCode ?? signalCode) === null);
  const ended = children.map((child) => once(child, "exit"));
  for (const child of children) child.kill("SIGTERM");
  const force = setTimeout(killProcesses, 5_000);
  await Promise.all(ended);
  clearTimeout(force);
}

/** For when there is no time left to be polite. */
export function killProcesses() {
  for (const child of running) child.kill("SIGKILL");
}

/** Resolves when the first of the servers ends; they should not, before they are told to. */
export async function anyServerEnds() {
  await Promise.race([...running].map((child) => once(child, "exit")));
}
