import { writeFile } from "node:fs/promises";
import type { Bundle } from "@cordon/engine";
import { moduleSource } from "@cordon/engine/generated";
import { checkProject } from "@cordon/pdp";
import type { CommandInput } from "../command-run.js";
import { CommandError, exitCode, InvalidProject } from "../failure.js";
import { jsonLine } from "../json-output.js";
import { findProject } from "../project/folder.js";

interface BundleOptions {
  project?: string;
  out?: string;
  target: "json" | "esm";
  json?: boolean;
}

export async function bundle({ options, terminal }: CommandInput<BundleOptions>): Promise<number> {
  const folder = findProject(options.project);
  const { bundle: built, diagnostics, texts } = await checkProject(folder);
  if (built === undefined) throw new InvalidProject(folder, diagnostics, texts);
  const { id, policies } = built;
  if (options.out === "-") {
    terminal.out(textOf(built, options.target));
    terminal.err(id);
    return exitCode.ok;
  }
  if (options.out !== undefined) await write(options.out, `${textOf(built, options.target)}\n`);
  const counts = {
    policies: Object.keys(policies.staticPolicies).length + policies.templateLinks.length,
    templates: Object.keys(policies.templates).length,
  };
  terminal.out(options.json ? jsonLine({ id, file: options.out ?? null, ...counts }) : id);
  return exitCode.ok;
}

function textOf(bundle: Bundle, target: BundleOptions["target"]): string {
  return target === "esm" ? moduleSource(bundle).trimEnd() : jsonLine(bundle);
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new CommandError("unwritable_file", `can't write \`${file}\``, {
      help: (cause as Error).message,
      cause,
    });
  }
}
