// Prints a session token:  node dist/sign-in.js ann [--mfa] [--contact]
import { parseArgs } from "node:util";
import { Sessions } from "./session.js";
import { setting } from "./setting.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { mfa: { type: "boolean", default: false }, contact: { type: "boolean", default: false } },
});
const [id] = positionals;
if (id === undefined) {
  console.error("usage: node dist/sign-in.js NAME [--mfa] [--contact]");
  process.exit(2);
}
const sessions = new Sessions(setting("HELPDESK_SESSION_SECRET", "what session tokens are signed with"));
console.log(sessions.sign({ type: values.contact ? "Contact" : "User", id, mfa: values.mfa }));
