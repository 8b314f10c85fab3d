import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Whether only a shell can start it, as `.cmd` files on Windows. */
  readonly shell: boolean;
}

/**
 * The command that is the language server: the one that the setting names, else the one that a folder of the workspace
 * has installed, else the one on the `PATH`. A path in the setting may start with `${workspaceFolder}` or be relative
 * to the first folder.
 */
export function serverCommand(
  setting: string,
  folders: readonly string[],
  platform: NodeJS.Platform = process.platform,
): ServerCommand {
  const args = ["lsp", "--stdio"];
  const isWindows = platform === "win32";
  const name = isWindows ? "cordon.cmd" : "cordon";
  if (setting !== "") {
    const given = setting.replaceAll(/\$\{workspaceFolder\}/g, () => folders[0] ?? ".");
    const isPath = /[\\/]/.test(given);
    const command = isPath && !isAbsolute(given) ? join(folders[0] ?? ".", given) : given;
    // A script is run by the Node.js on the `PATH`: the editor's own may be another one.
    if (/\.[cm]?js$/.test(command)) return { command: "node", args: [command, ...args], shell: false };
    return { command, args, shell: isWindows };
  }
  const installed = folders
    .map((folder) => join(folder, "node_modules", ".bin", name))
    .find((path) => existsSync(path));
  return { command: installed ?? name, args, shell: isWindows };
}
