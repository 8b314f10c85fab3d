// Packs the extension, once it is built, as dist/cordon.vsix. The packer is fetched for the occasion: it brings 400
// packages that nothing else here needs.
import { execFileSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PACKER = "@vscode/vsce@3.9.2";

const folder = fileURLToPath(new URL("../", import.meta.url));
copyFileSync(fileURLToPath(new URL("../../../LICENSE", import.meta.url)), `${folder}LICENSE`);
execFileSync(
  "npx",
  [
    "--yes",
    PACKER,
    "package",
    "--no-dependencies",
    "--allow-missing-repository",
    "--out",
    "dist/cordon.vsix",
  ],
  { cwd: folder, stdio: "inherit", shell: process.platform === "win32" },
);
