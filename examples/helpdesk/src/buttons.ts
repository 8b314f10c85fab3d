import type { Credentials, Decider } from "@cordon/engine";
import { type Entity, typed } from "./cordon-types.js";
import type { Person } from "./identity.js";

const STAFF_BUTTONS = ["ticket:comment", "ticket:close", "ticket:reopen", "ticket:assign"] as const;

export type Button = (typeof STAFF_BUTTONS)[number];

/**
 * The buttons below a ticket that work for whoever is signed in: a front end shows no others. What is asked here is
 * checked by the compiler: that a contact can't close a ticket, whatever the policies say, is an error before anything runs.
 */
export async function buttonsFor(
  { type, id }: Person,
  ticket: Entity<"Ticket">,
  credentials: Credentials,
  decider: Pick<Decider, "decide">,
): Promise<Button[]> {
  const may = typed({ decide: (request, options) => decider.decide({ ...request, credentials }, options) });
  if (type === "Contact")
    return (await may.can({ type, id }, "ticket:comment", ticket)) ? ["ticket:comment"] : [];
  const answers = await Promise.all(STAFF_BUTTONS.map((button) => may.can({ type, id }, button, ticket)));
  return STAFF_BUTTONS.filter((_, index) => answers[index]);
}
