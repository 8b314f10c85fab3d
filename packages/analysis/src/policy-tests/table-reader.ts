import { didYouMean } from "@cordon/pdp/project";
import type { z } from "zod";
import type { CaseReader } from "./case-reader.js";
import {
  actionReference,
  type CaseContent,
  entityReference,
  expectation,
  type GivenEntities,
  momentText,
  REASON_CODES,
  type TableContent,
} from "./format.js";
import type { Report } from "./read-tests.js";
import { readUid } from "./references.js";
import type { TestCase } from "./types.js";

type Path = readonly PropertyKey[];

const PLAIN_COLUMNS = ["principal", "action", "resource", "now", "name", "expect"] as const;
const LIST_COLUMNS = ["policies", "obligations", "errors", "ignored"] as const;
const EXPECTED_COLUMNS = ["decision", "reason", "error", ...LIST_COLUMNS] as const;
const DOTTED = /^(context|action|principal|resource)\.(.+)$/;

type Draft = {
  -readonly [K in keyof CaseContent]?: CaseContent[K] | undefined;
};

/** The cases of a table, one a row. */
export function tableCases(table: TableContent, path: Path, reader: CaseReader, report: Report): TestCase[] {
  if (!checkColumns(table.columns, [...path, "columns"], report)) return [];
  return table.rows.flatMap((row, index) => {
    const at = [...path, "rows", index];
    if (row.length !== table.columns.length) {
      report(at, {
        code: "tests_row_length",
        message: `has ${row.length} cells for ${table.columns.length} columns`,
        help: "write `~` for a cell that says nothing",
      });
      return [];
    }
    const draft = new RowReader(table, row, at, reader, report).read();
    if (draft === undefined) return [];
    const read = reader.read(draft, at, rowName(table, row, draft.name));
    return read === undefined ? [] : [read];
  });
}

function checkColumns(columns: readonly string[], path: Path, report: Report): boolean {
  const known = [...PLAIN_COLUMNS, ...EXPECTED_COLUMNS];
  let good = true;
  for (const [index, column] of columns.entries()) {
    const twice = columns.indexOf(column) !== index;
    if (!twice && ((known as readonly string[]).includes(column) || DOTTED.test(column))) continue;
    good = false;
    const near = didYouMean(column, known);
    const others = `a column is ${known.map((name) => `\`${name}\``).join(", ")}, \`context.…\`, \`action.…\`, \`principal.…\` or \`resource.…\``;
    report([...path, index], {
      code: "tests_unknown_column",
      message: twice ? `is there twice: \`${column}\`` : `is no column: \`${column}\``,
      help: twice ? "keep one of the two" : near === undefined ? others : `did you mean \`${near}\`?`,
    });
  }
  return good;
}

/** The table's name and what tells this row from the others. */
function rowName(table: TableContent, row: readonly unknown[], own: string | undefined): string {
  const telling = table.columns.flatMap((column, index) => {
    const isExpected = column === "expect" || (EXPECTED_COLUMNS as readonly string[]).includes(column);
    const cell = row[index];
    if (isExpected || cell === null || cell === undefined) return [];
    const text = typeof cell === "string" ? cell : JSON.stringify(cell);
    return [DOTTED.test(column) ? `${column.slice(column.indexOf(".") + 1)} ${text}` : text];
  });
  const name = own ?? telling.join(", ");
  return table.name === undefined ? name : `${table.name} › ${name}`;
}

class RowReader {
  readonly #draft: Draft;
  readonly #expected: Record<string, unknown> = {};
  readonly #attributes: { part: "principal" | "resource"; name: string; value: unknown; at: Path }[] = [];
  #good = true;

  constructor(
    readonly table: TableContent,
    readonly row: readonly unknown[],
    readonly path: Path,
    readonly reader: CaseReader,
    readonly report: Report,
  ) {
    const { columns: _columns, rows: _rows, name: _name, ...common } = table;
    this.#draft = structuredClone(common);
  }

  read(): CaseContent | undefined {
    for (const [index, column] of this.table.columns.entries()) {
      const cell = this.row[index];
      if (cell !== null && cell !== undefined) this.#take(column, cell, [...this.path, index]);
    }
    this.#placeAttributes();
    const expect = this.#expect();
    return this.#good && expect !== undefined ? { ...this.#draft, expect } : undefined;
  }

  #take(column: string, cell: unknown, at: Path): void {
    const dotted = DOTTED.exec(column);
    if (dotted !== null) this.#takeMember(dotted[1] as "context", dotted[2] ?? "", cell, at);
    else if (column === "principal" || column === "resource") {
      this.#draft[column] = this.#parse(entityReference, cell, at, "an entity, such as `User::ann`");
    } else if (column === "action") {
      this.#draft.action = this.#parse(actionReference, cell, at, "an action, such as `ticket:read`");
    } else if (column === "now")
      this.#draft.now = this.#parse(momentText, cell, at, "a time such as 2026-11-24T12:00:00Z");
    else if (column === "name") this.#draft.name = String(cell);
    else if (column === "expect")
      this.#draft.expect = this.#parse(expectation, cell, at, "`allow` or `deny`");
    else this.#takeExpected(column, cell, at);
  }

  #takeExpected(column: string, cell: unknown, at: Path): void {
    if ((LIST_COLUMNS as readonly string[]).includes(column)) {
      this.#expected[column] = Array.isArray(cell) ? cell.map(String) : [String(cell)];
    } else if (column === "reason" && !(REASON_CODES as readonly unknown[]).includes(cell)) {
      this.#wrong(
        at,
        "a reason code",
        `the codes are ${REASON_CODES.map((code) => `\`${code}\``).join(", ")}`,
      );
    } else if (column === "decision" && cell !== "allow" && cell !== "deny")
      this.#wrong(at, "`allow` or `deny`");
    else this.#expected[column] = cell;
  }

  #takeMember(
    part: "context" | "action" | "principal" | "resource",
    name: string,
    value: unknown,
    at: Path,
  ): void {
    if (part === "context") {
      const context = { ...this.#draft.context };
      setIn(context, name.split("."), value);
      this.#draft.context = context;
    } else if (part === "action") {
      const action = this.#draft.action;
      const { name: actionName, properties } =
        typeof action === "object" ? action : { name: action ?? "", properties: {} };
      const changed = { ...properties };
      setIn(changed, name.split("."), value);
      this.#draft.action = { name: actionName, properties: changed };
    } else this.#attributes.push({ part, name, value, at });
  }

  /** Known only once the whole row is: which entity it is that has the attribute. */
  #placeAttributes(): void {
    const entities: GivenEntities = { ...this.#draft.entities };
    for (const { part, name, value, at } of this.#attributes) {
      const entity = this.#draft[part] ?? this.reader.defaultOf(part);
      if (entity === undefined) continue;
      const key = this.reader.attempt(at, () =>
        (typeof entity === "string"
          ? readUid(entity)
          : readUid(`${entity.type}::${JSON.stringify(entity.id)}`)
        ).toString(),
      );
      if (key === undefined) continue;
      const same = Object.keys(entities).find((other) => readUid(other).toString() === key) ?? key;
      entities[same] = { ...entities[same], attributes: { ...entities[same]?.attributes, [name]: value } };
    }
    if (Object.keys(entities).length > 0) this.#draft.entities = entities;
  }

  #expect(): CaseContent["expect"] | undefined {
    const { expect } = this.#draft;
    const base = typeof expect === "string" ? { decision: expect } : (expect ?? {});
    const joined = { ...base, ...this.#expected };
    const result = expectation.safeParse(joined);
    if (result.success) return result.data;
    if (!this.#good) return undefined;
    this.report(this.path, {
      code: "tests_incomplete",
      message: "doesn't say what is expected",
      help: "add a column `expect` with `allow` or `deny`",
    });
    return undefined;
  }

  #parse<T>(schema: z.ZodType<T>, cell: unknown, at: Path, wanted: string): T | undefined {
    const result = schema.safeParse(cell);
    if (result.success) return result.data;
    this.#wrong(at, wanted);
    return undefined;
  }

  #wrong(at: Path, wanted: string, help = "the first row of a table that works is a good pattern"): void {
    this.#good = false;
    this.report(at, { code: "tests_invalid", message: `must be ${wanted}`, help });
  }
}

function setIn(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first, ...rest] = path;
  if (first === undefined) return;
  if (rest.length === 0) {
    target[first] = value;
    return;
  }
  const inner = { ...(target[first] as Record<string, unknown> | undefined) };
  setIn(inner, rest, value);
  target[first] = inner;
}
