import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../testing/workspaces.mjs";

const PARTS = ["policies", "schema.cedarschema", "entities", "cordon.yaml"];

/** A copy of the example project in a temporary folder, so that edits leave the clone as it is. */
export class DemoProject {
  constructor() {
    this.directory = mkdtempSync(join(tmpdir(), "cordon-demo-"));
    for (const part of PARTS) {
      cpSync(join(root, "examples/helpdesk", part), join(this.directory, part), { recursive: true });
    }
  }

  remove() {
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Changes one member of staff, as an export from the HR system would. */
  editPerson(id, change) {
    this.#edit("entities/staff.json", (text) => {
      const staff = JSON.parse(text);
      change(staff.find(({ uid }) => uid.id === id));
      return `${JSON.stringify(staff, null, 2)}\n`;
    });
  }

  /** Replaces text in a policy file, as a person with an editor would. */
  editPolicy(file, from, to) {
    this.#edit(`policies/${file}`, (text) => {
      if (!text.includes(from)) throw new Error(`${file} does not contain \`${from}\``);
      return text.replace(from, to);
    });
  }

  /** Written by rename, as editors do, so that nobody reads half a file. */
  #edit(file, change) {
    const path = join(this.directory, file);
    writeFileSync(`${path}.tmp`, change(readFileSync(path, "utf8")));
    renameSync(`${path}.tmp`, path);
  }
}

const HOUR = 60;
const DAY = 24 * HOUR;

/** A shift from so many hours from now to so many hours from now (either may be negative), in UTC. */
export function shiftAround(fromHours, toHours, now = new Date()) {
  const minutes = now.getUTCHours() * HOUR + now.getUTCMinutes();
  const at = (hours) => {
    const time = (minutes + hours * HOUR + DAY) % DAY;
    return `${Math.floor(time / HOUR)}h${time % HOUR}m`;
  };
  return { start: at(fromHours), end: at(toHours) };
}

/** `{ start: "9h2m", … }` → `09:02 to 13:02`. */
export function inWords({ start, end }) {
  const clock = (time) =>
    time.replace(/^(\d+)h(\d+)m$/, (_, h, m) => `${h.padStart(2, "0")}:${m.padStart(2, "0")}`);
  return `${clock(start)} to ${clock(end)}`;
}
