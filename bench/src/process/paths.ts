import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Of the repository; this file is compiled to `bench/dist/process`. */
export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

export const helpdesk = join(root, "examples/helpdesk");
export const command = join(root, "packages/cli/bin/cordon.js");
export const benchFiles = join(root, "bench/http");
export const document = join(root, "docs/bench.md");
export const chartOfApps = join(root, "docs/images/engine-apps.svg");
