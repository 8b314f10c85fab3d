// Writes docs/lints.md from the table of lints. A test of @cordon/analysis says when it is stale.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { lintsPage } from "@cordon/analysis/check";

const page = fileURLToPath(new URL("../docs/lints.md", import.meta.url));
writeFileSync(page, lintsPage());
execFileSync("npx", ["biome", "format", "--write", page], { stdio: "ignore" });
