import { PEOPLE } from "./world.js";

export interface Person {
  readonly id: string;
  readonly who: string;
  /** About how much of all tickets. */
  readonly sees: string;
  /** The condition on `ticket t` that a good engineer writes for people of this kind. */
  readonly handWritten: string;
}

/**
 * What the rules come to for staff outside of support: their own tickets and those of customers they manage. The
 * array lets both indexes serve; an `IN` beside `OR` would read every ticket.
 */
const STAFF = `(t.assignee = $1
  OR t.customer_id = ANY(ARRAY(SELECT c.id FROM customer c WHERE c.account_manager = $1)))
  AND NOT t.confidential`;

/**
 * In support, those of the regions they cover as well. How many these are differs from one to a hundred in a hundred,
 * so that the subquery is one that PostgreSQL hashes: an array of all customers would be sorted for each page.
 */
const SUPPORT = `(t.assignee = $1 OR t.customer_id IN (
    WITH RECURSIVE covered(id) AS (
      SELECT region_id FROM coverage WHERE staff_id = $1
      UNION SELECT r.id FROM region r JOIN covered ON r.parent = covered.id
    )
    SELECT c.id FROM customer c WHERE c.account_manager = $1 OR c.region IN (SELECT id FROM covered)
  ))`;

export const people: readonly Person[] = [
  { id: PEOPLE.few, who: "an engineer with some tickets", sees: "0.01 %", handWritten: STAFF },
  { id: PEOPLE.manager, who: "an account manager", sees: "1 %", handWritten: STAFF },
  {
    id: PEOPLE.regional,
    who: "support of a region",
    sees: "1 %",
    handWritten: `${SUPPORT} AND NOT t.confidential`,
  },
  // With the clearance for what is confidential.
  { id: PEOPLE.everything, who: "support of the world", sees: "100 %", handWritten: SUPPORT },
];
