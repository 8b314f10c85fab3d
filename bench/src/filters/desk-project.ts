import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProject, type ProjectDecider } from "@cordon/pdp";
import { helpdesk } from "../process/paths.js";

/** Where entities lie, as `cordon.yaml` declares it. */
export const TYPES = {
  Region: {
    table: "region",
    id: "id",
    attributes: {
      name: "name",
      countries: { table: "region_country", owner: "region_id", value: "country" },
    },
    parents: [{ type: "Region", column: "parent" }],
  },
  Department: { table: "department", id: "id", attributes: { name: "name" } },
  Group: {
    table: "staff_group",
    id: "id",
    attributes: { name: "name" },
    parents: [
      { type: "Group", column: "parent" },
      { type: "Department", column: "department" },
    ],
  },
  User: {
    table: "staff",
    id: "id",
    attributes: {
      name: "name",
      email: "email",
      active: "active",
      clearance: "clearance",
      regions: { table: "coverage", owner: "staff_id", value: "region_id" },
      shift: { members: { start: "shift_start", end: "shift_end" } },
      refundLimit: "refund_limit",
    },
    parents: [{ type: "Group", table: "membership", child: "staff_id", parent: "group_id" }],
  },
  Customer: {
    table: "customer",
    id: { column: "id", as: "integer" },
    attributes: {
      name: "name",
      plan: "plan",
      region: "region",
      accountManager: "account_manager",
      contactName: "contact_name",
      contactEmail: "contact_email",
      legalHold: "legal_hold",
    },
    parents: [{ type: "Region", column: "region" }],
  },
  Ticket: {
    table: "ticket",
    id: { column: "id", as: "integer" },
    attributes: {
      customer: "customer_id",
      title: "title",
      severity: "severity",
      status: "status",
      assignee: "assignee",
      openedAt: "opened_at",
      closedAt: "closed_at",
      confidential: "confidential",
    },
    parents: [{ type: "Customer", column: "customer_id" }],
  },
} as const;

/** The policies of the help desk over the database: everything about people, customers and tickets is in it. */
export async function withDesk<T>(url: string, use: (decider: ProjectDecider) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "cordon-bench-"));
  try {
    for (const part of ["policies", "schema.cedarschema"])
      cpSync(join(helpdesk, part), join(folder, part), { recursive: true });
    writeFileSync(
      join(folder, "cordon.yaml"),
      JSON.stringify({ version: 1, log: { mode: "buffered" }, sources: { desk: source(url) } }),
    );
    const decider = await openProject(folder, { watch: false, log: false });
    try {
      return await use(decider);
    } finally {
      await decider.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function source(url: string) {
  // Who asks and whose a ticket is are asked for once a while; tickets are what a list is about.
  const types = { ...TYPES, Ticket: { ...TYPES.Ticket, maxAge: 0 } };
  return { kind: "sql", url, timeout: "30s", maxAge: "10m", types };
}
