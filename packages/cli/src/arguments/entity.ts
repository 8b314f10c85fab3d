import { EntityUid, parseEntityUid } from "@cordon/engine";
import { CommandError } from "../failure.js";

const quoted = /^[^"]*::"/;
const actionPath = /^(?:[A-Za-z_]\w*::)*Action::/;

/**
 * An entity as people type it in a shell: Cedar's `User::"ann"`, or `User::ann`, which is also what a
 * shell leaves of the former when it isn't quoted. Without quotes the id starts after the last `::`.
 */
export function parseEntityArgument(name: string, text: string): string {
  try {
    return parseEntityUid(quoted.test(text) ? text : quoteId(text)).toString();
  } catch (cause) {
    throw new CommandError("invalid_argument", `${name} \`${text}\` is not an entity`, {
      help: "write the type and the id: `User::ann`, or `'User::\"ann lee\"'` for ids with spaces or `::`",
      cause,
    });
  }
}

/** An action: its bare name (`ticket:read`) or an entity (`Action::"ticket:read"`, `Shop::Action::read`). */
export function parseActionArgument(text: string): string {
  if (text === "") {
    throw new CommandError("invalid_argument", "the action is empty", {
      help: "write its name, such as `ticket:read`",
    });
  }
  return actionPath.test(text) ? parseEntityArgument("action", text) : text;
}

function quoteId(text: string): string {
  const at = text.lastIndexOf("::");
  if (at <= 0 || at + 2 === text.length) return text;
  return EntityUid.of(text.slice(0, at), text.slice(at + 2)).toString();
}
