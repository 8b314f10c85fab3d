import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { CommandError } from "./failure.js";

/** Writes a report to where it was asked for, with the folders above it. */
export async function writeOutput(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (cause) {
    throw new CommandError("unwritable_file", `can't write \`${path}\``, {
      help: (cause as Error).message,
      cause,
    });
  }
}
