import { createConnection } from "vscode-languageserver/node";
import type { CommandInput } from "../command-run.js";
import { exitCode } from "../failure.js";
import { LanguageServer } from "../lsp/server.js";
import { packageVersion } from "../package-version.js";

/** Speaks the Language Server Protocol over standard input and output until the editor ends it. */
export async function lsp(_input: CommandInput<{ stdio?: boolean }>): Promise<number> {
  const connection = createConnection(process.stdin, process.stdout);
  // Standard output is the protocol's: what anything prints goes to the editor's log instead.
  console.log = console.error;
  await new LanguageServer(connection).listen(packageVersion());
  return exitCode.ok;
}
