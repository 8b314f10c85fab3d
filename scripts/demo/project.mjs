import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { root } from "../testing/workspaces.mjs";

const PARTS = ["policies", "schema.cedarschema", "live"];

/** A copy of the example project in a temporary folder, so that edits leave the clone as it is. */
export class DemoProject {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "cordon-demo-"));
    for (const part of PARTS) {
      cpSync(join(root, "examples/helpdesk", part), join(this.folder, part), {
        recursive: true,
        // A log that is there is of somebody who ran it from the clone.
        filter: (path) => basename(path) !== ".cordon",
      });
    }
  }

  /** The project that is served: its settings, and the policies of the folder above. */
  get directory() {
    return join(this.folder, "live");
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Replaces text in a policy file, as a person with an editor would. Written by rename, as editors do. */
  editPolicy(file, from, to) {
    const path = join(this.folder, "policies", file);
    const text = readFileSync(path, "utf8");
    if (!text.includes(from)) throw new Error(`${file} does not contain \`${from}\``);
    writeFileSync(`${path}.tmp`, text.replace(from, to));
    renameSync(`${path}.tmp`, path);
  }

  /** A file that only its owner reads, beside the project. */
  keepSecret(name, text) {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * A shift from so many hours from now to so many hours from now (either may be negative), as times of day in UTC,
 * in milliseconds.
 */
export function shiftAround(fromHours, toHours, now = new Date()) {
  const today = now.getUTCHours() * HOUR + now.getUTCMinutes() * MINUTE;
  const at = (hours) => (today + hours * HOUR + DAY) % DAY;
  return { start: at(fromHours), end: at(toHours) };
}

/** `{ start: 32_520_000, … }` → `09:02 to 13:02`. */
export function inWords({ start, end }) {
  const clock = (time) =>
    [time / HOUR, (time % HOUR) / MINUTE].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
  return `${clock(start)} to ${clock(end)}`;
}
