import pg from "pg";

export interface Customer {
  id: string;
  name: string;
  plan: string;
  contactName: string;
  contactEmail: string;
}

export interface Ticket {
  id: string;
  customer: string;
  title: string;
  severity: number;
  status: "open" | "pending" | "closed";
  assignee: string | null;
  openedAt: Date;
  closedAt: Date | null;
}

export interface Comment {
  by: string;
  text: string;
  at: Date;
}

export interface Invoice {
  id: string;
  customer: string;
  status: "open" | "paid" | "void";
  /** Cents. */
  amount: number;
  /** Cents. */
  refunded: number;
}

/** A condition on rows of tickets, which are called `t` in it. Its parameters count from `$1`. */
export interface TicketFilter {
  sql: string;
  parameters: readonly unknown[];
}

const CUSTOMER = `id, name, plan, contact_name AS "contactName", contact_email AS "contactEmail"`;
const TICKET = `id, customer, title, severity, status, assignee, opened_at AS "openedAt", closed_at AS "closedAt"`;
const INVOICE = "id, customer, status, amount, refunded";

/** The application's records, in its database. Who may have them is not its business. */
export class Desk {
  readonly #pool: pg.Pool;

  /** @param url a user who may write */
  constructor(url: string) {
    this.#pool = new pg.Pool({ connectionString: url, max: 8 });
    // A connection that breaks while nobody uses it is replaced when the next is needed.
    this.#pool.on("error", (error) => console.error(`a connection to the database broke: ${error.message}`));
  }

  customer(id: string): Promise<Customer | undefined> {
    return this.#row(`SELECT ${CUSTOMER} FROM customers WHERE id = $1`, [id]);
  }

  ticket(id: string): Promise<Ticket | undefined> {
    return this.#row(`SELECT ${TICKET} FROM tickets WHERE id = $1`, [id]);
  }

  ticketsOf(customer: string): Promise<Ticket[]> {
    return this.#rows(`SELECT ${TICKET} FROM tickets WHERE customer = $1 ORDER BY id`, [customer]);
  }

  /** Those that pass a filter, first by id: how many there are, and the first of them. */
  async tickets(
    { sql, parameters }: TicketFilter,
    limit: number,
  ): Promise<{ total: number; tickets: Ticket[] }> {
    const from = `FROM tickets t WHERE ${sql}`;
    const [counted, tickets] = await Promise.all([
      this.#row<{ total: number }>(`SELECT count(*)::integer AS total ${from}`, parameters),
      this.#rows<Ticket>(`SELECT ${TICKET} ${from} ORDER BY id LIMIT ${Number(limit)}`, parameters),
    ]);
    return { total: counted?.total ?? 0, tickets };
  }

  commentsOn(ticket: string): Promise<Comment[]> {
    const columns = "written_by AS by, text, written_at AS at";
    return this.#rows(`SELECT ${columns} FROM comments WHERE ticket = $1 ORDER BY id`, [ticket]);
  }

  comment(ticket: string, by: string, text: string): Promise<Comment | undefined> {
    const sql = `INSERT INTO comments (ticket, written_by, text) SELECT id, $2, $3 FROM tickets WHERE id = $1
      RETURNING written_by AS by, text, written_at AS at`;
    return this.#row(sql, [ticket, by, text]);
  }

  close(ticket: string): Promise<Ticket | undefined> {
    const sql = `UPDATE tickets SET status = 'closed', closed_at = now() WHERE id = $1 RETURNING ${TICKET}`;
    return this.#row(sql, [ticket]);
  }

  invoice(id: string): Promise<Invoice | undefined> {
    return this.#row(`SELECT ${INVOICE} FROM invoices WHERE id = $1`, [id]);
  }

  /** Undefined where that much isn't left any more: another refund may have come first. */
  refund(invoice: string, amount: number): Promise<Invoice | undefined> {
    const sql = `UPDATE invoices SET refunded = refunded + $2 WHERE id = $1 AND refunded + $2 <= amount
      RETURNING ${INVOICE}`;
    return this.#row(sql, [invoice, amount]);
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }

  async #row<T extends pg.QueryResultRow>(sql: string, values: readonly unknown[]): Promise<T | undefined> {
    return (await this.#rows<T>(sql, values))[0];
  }

  async #rows<T extends pg.QueryResultRow>(sql: string, values: readonly unknown[]): Promise<T[]> {
    return (await this.#pool.query<T>(sql, [...values])).rows;
  }
}
