import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Entity } from "./cordon-types.js";

export interface Reference {
  type: string;
  id: string;
}

export interface Customer {
  id: string;
  name: string;
  plan: string;
  contactName: string;
  contactEmail: string;
}

export interface Ticket {
  id: string;
  customer: Reference;
  title: string;
  severity: number;
  status: "open" | "pending" | "closed";
  assignee?: Reference;
  openedAt: string;
  closedAt?: string;
  comments: { by: string; text: string; at: string }[];
}

export interface Invoice {
  id: string;
  customer: Reference;
  status: "open" | "paid" | "void";
  /** Cents. */
  amount: number;
  /** Cents. */
  refunded: number;
}

/** A ticket for a question: what may have changed since the decision server read the project's files goes along. */
export function ticketEntity({ id, status, closedAt }: Ticket): Entity<"Ticket"> {
  return { type: "Ticket", id, properties: { status, ...(closedAt ? { closedAt } : {}) } };
}

interface StoredEntity {
  uid: Reference;
  attrs: Record<string, unknown>;
}

/** The application's own records, in memory: they start as the project's entities and then live on. */
export class Desk {
  readonly customers: ReadonlyMap<string, Customer>;
  readonly tickets: ReadonlyMap<string, Ticket>;
  readonly invoices: ReadonlyMap<string, Invoice>;

  constructor(projectDirectory: string) {
    const read = <T>(file: string, type: string, more: object = {}) =>
      new Map(
        (JSON.parse(readFileSync(join(projectDirectory, "entities", file), "utf8")) as StoredEntity[])
          .filter(({ uid }) => uid.type === type)
          .map(({ uid, attrs }) => [uid.id, { id: uid.id, ...attrs, ...structuredClone(more) } as T]),
      );
    this.customers = read<Customer>("customers.json", "Customer");
    this.tickets = read<Ticket>("tickets.json", "Ticket", { comments: [] });
    this.invoices = read<Invoice>("invoices.json", "Invoice");
  }

  ticketsOf(customer: string): Ticket[] {
    return [...this.tickets.values()].filter((ticket) => ticket.customer.id === customer);
  }
}
