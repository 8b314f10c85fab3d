// Writes what pages of docs/ take from code and files: the reference, and the projects of the cookbook.
// Needs what is compiled (`npm run build`). `npm test -- --only checks` says which page is stale.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { currentPages } from "./docs/pages.mjs";
import { root } from "./testing/workspaces.mjs";

for (const { path, text } of await currentPages()) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
