import type { Decider } from "@cordon/engine";
import { type Entity, type Schema, typed } from "./cordon-types.js";
import type { Session } from "./session.js";

const STAFF_BUTTONS = ["ticket:comment", "ticket:close", "ticket:reopen", "ticket:assign"] as const;

export type Button = (typeof STAFF_BUTTONS)[number];
type Circumstances = Schema["actions"]["ticket:comment"]["context"];

/**
 * The buttons below a ticket that work for whoever is signed in: a front end shows no others. What is asked here is
 * checked by the compiler: that a contact can't close a ticket, whatever the policies say, is an error before anything runs.
 */
export async function buttonsFor(
  { type, id }: Session,
  ticket: Entity<"Ticket">,
  circumstances: Circumstances,
  decider: Pick<Decider, "decide">,
): Promise<Button[]> {
  const may = typed(decider);
  if (type === "Service") return [];
  if (type === "Contact")
    return (await may.can({ type, id }, "ticket:comment", ticket, circumstances)) ? ["ticket:comment"] : [];
  const answers = await Promise.all(
    STAFF_BUTTONS.map((button) => may.can({ type, id }, button, ticket, circumstances)),
  );
  return STAFF_BUTTONS.filter((_, index) => answers[index]);
}
