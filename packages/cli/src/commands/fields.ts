import { type RequestOptions, readRequest } from "../arguments/request.js";
import type { CommandInput } from "../command-run.js";
import { exitCode } from "../failure.js";
import { jsonLine } from "../json-output.js";
import { type OpenOptions, openDecider } from "../project/open-decider.js";
import { renderFields } from "../render/fields.js";

export interface FieldsOptions extends RequestOptions, OpenOptions {
  json?: boolean;
}

export async function fields({ args, options, terminal }: CommandInput<FieldsOptions>): Promise<number> {
  const request = await readRequest(args, options);
  const { decider, close } = await openDecider(options, "cordon fields");
  try {
    const answer = await decider.fields(request);
    terminal.out(options.json === true ? jsonLine(answer) : renderFields(answer, terminal));
    return answer.decision.decision === "allow" ? exitCode.ok : exitCode.no;
  } finally {
    await close();
  }
}
