import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listeningLine, type RunningServer, startServer } from "../process/child.js";
import { benchFiles, command, helpdesk } from "../process/paths.js";

/** A server with a folder of its own, which goes when the server stops. */
export interface ServerInFolder extends RunningServer {
  readonly folder: string;
}

export type LogMode = "off" | "buffered" | "durable";

/** The `cordon` command on a copy of a project, so that nothing of an earlier run is found. */
export async function startCordon(project: "tickets" | "helpdesk", log: LogMode): Promise<ServerInFolder> {
  const folder = mkdtempSync(join(tmpdir(), "cordon-bench-"));
  cpSync(project === "tickets" ? join(benchFiles, "cordon") : helpdesk, folder, {
    recursive: true,
    filter: (path) => !/[\\/](node_modules|dist|src|\.cordon)$/.test(path),
  });
  writeFileSync(join(folder, "cordon.yaml"), `version: 1\nlog:\n  mode: ${log}\n`);
  return inFolder(folder, () =>
    startServer({
      program: process.execPath,
      args: [command, "serve", "--project", folder, "--port", "0"],
      ready: listeningLine,
    }),
  );
}

/** Cerbos as its package ships it; its decision log writes to its local store, which does not wait for the disk. */
export async function startCerbos(log: boolean): Promise<ServerInFolder> {
  const folder = mkdtempSync(join(tmpdir(), "cerbos-bench-"));
  const [http, grpc] = [await freePort(), await freePort()];
  const configuration = {
    server: { httpListenAddr: `127.0.0.1:${http}`, grpcListenAddr: `127.0.0.1:${grpc}` },
    storage: {
      driver: "disk",
      disk: { directory: join(benchFiles, "cerbos/policies"), watchForChanges: false },
    },
    telemetry: { disabled: true },
    audit: {
      enabled: log,
      accessLogsEnabled: false,
      decisionLogsEnabled: log,
      backend: "local",
      local: { storagePath: join(folder, "audit") },
    },
  };
  // JSON is YAML.
  writeFileSync(join(folder, "cerbos.yaml"), JSON.stringify(configuration));
  const url = `http://127.0.0.1:${http}`;
  return inFolder(folder, () =>
    startServer({
      program: cerbosProgram(),
      args: ["server", "--config", join(folder, "cerbos.yaml"), "--log-level", "error"],
      ready: async () => {
        await untilHealthy(`${url}/_cerbos/health`);
        return url;
      },
    }),
  );
}

/** What node:http and the load generator can do at all: reads a JSON body, answers with one. */
export async function startEcho(): Promise<ServerInFolder> {
  const program = fileURLToPath(new URL("echo.js", import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), "echo-bench-"));
  return inFolder(folder, () =>
    startServer({ program: process.execPath, args: [program], ready: listeningLine }),
  );
}

/** What the files of a folder take on the disk; some logs allocate far more than they use. */
export function bytesIn(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.reduce((sum, name) => sum + diskBytes(join(folder, name)), 0);
}

/** Logs delete files while they are being counted. */
function diskBytes(path: string): number {
  return (statSync(path, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
}

/** @throws Error where the optional package is not installed, because there is no binary for this platform */
export function cerbosProgram(): string {
  return createRequire(import.meta.url).resolve("@cerbos/cerbos-linux-x64");
}

async function inFolder(folder: string, start: () => Promise<RunningServer>): Promise<ServerInFolder> {
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const server = await start();
    return { ...server, folder, stop: () => server.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

async function untilHealthy(url: string): Promise<void> {
  for (;;) {
    const healthy = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
