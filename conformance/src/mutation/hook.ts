// Loaded before a test: puts the source of a mutant in the place of the file that it changes.
import { readFileSync } from "node:fs";
import { register } from "node:module";

const { CORDON_MUTANT_URL: url, CORDON_MUTANT_FILE: file } = process.env;
if (url === undefined || file === undefined) throw new Error("no mutant is named in the environment");
register(new URL("./load-mutant.js", import.meta.url), { data: { url, source: readFileSync(file, "utf8") } });
