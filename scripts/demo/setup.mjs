import { join } from "node:path";
import { outdatedPackages, removeStaleOutput } from "../testing/setup.mjs";
import { root } from "../testing/workspaces.mjs";
import { runToEnd } from "./processes.mjs";
import { progress } from "./terminal.mjs";

/** What a fresh clone lacks: installed packages and compiled code. Quick where nothing is missing. */
export async function setUp() {
  if (outdatedPackages().length > 0) {
    await progress("installing dependencies (npm ci)", async () => {
      await must("npm", ["ci", "--no-audit", "--no-fund"]);
      return "dependencies installed";
    });
  }
  await progress("compiling", async () => {
    removeStaleOutput();
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    await must(process.execPath, [tsc, "-b", "packages/cli", "examples/helpdesk"]);
    return "compiled";
  });
}

async function must(command, args) {
  const { code, output } = await runToEnd(command, args, { cwd: root });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed\n${output}`);
}
