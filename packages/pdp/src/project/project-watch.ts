import { type FSWatcher, watch } from "node:fs";
import type { Scan } from "./fingerprint.js";

export interface WatchTimings {
  /** How long nothing may change before a version of the folder counts as written, in milliseconds. */
  quietMs: number;
  /** The same, while a file that had content is empty: likely truncated and about to be written. */
  emptyQuietMs: number;
  /** How often to look without being told, for file systems that tell nothing, in milliseconds. */
  pollMs: number;
  /** After how long a version that could not be taken for reasons outside the folder is tried again. */
  retryMs: number;
}

export const DEFAULT_TIMINGS: WatchTimings = { quietMs: 40, emptyQuietMs: 400, pollMs: 250, retryMs: 2_000 };

/** `retry`: the version may well be good, but something else (a full disk, a locked store) was in the way. */
export type Outcome = "done" | "retry";

/** Milliseconds from a notice of the system to the look at what changed; joins a burst of notices. */
const NOTICE_MS = 5;
/** At most this part of the time goes into looking without being told. */
const POLL_SHARE = 1 / 50;

/**
 * Tells when the files of a project have changed and come to rest. Notices of the
 * system make it quick; a periodic look makes it certain, for network and container
 * file systems that give no notices and for whatever a notice was missed of.
 */
export class ProjectWatch {
  readonly #scan: () => Promise<Scan>;
  readonly #onSettled: () => Promise<Outcome>;
  readonly #timings: WatchTimings;
  readonly #watchers = new Map<string, { watcher: FSWatcher; identity: string }>();
  #directories: Scan["directories"] = new Map();
  #settled: Scan;
  #candidate: { scan: Scan; since: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When the next look begins. */
  #due = 0;
  #looking = false;
  #noticed = false;
  #closed = false;

  constructor(
    initial: Scan,
    scan: () => Promise<Scan>,
    onSettled: () => Promise<Outcome>,
    timings: WatchTimings = DEFAULT_TIMINGS,
  ) {
    this.#scan = scan;
    this.#onSettled = onSettled;
    this.#timings = timings;
    this.#settled = initial;
    this.#watchDirectories(initial);
    this.#schedule(timings.pollMs);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const { watcher } of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #schedule(delay: number): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#due = performance.now() + delay;
    this.#timer = setTimeout(() => void this.#look(), delay);
    this.#timer.unref();
  }

  #notice(): void {
    if (this.#looking) this.#noticed = true;
    // A look that is due sooner stays: notices without pause must not put it off for ever.
    else if (this.#due > performance.now() + NOTICE_MS) this.#schedule(NOTICE_MS);
  }

  async #look(): Promise<void> {
    if (this.#looking || this.#closed) return;
    this.#looking = true;
    this.#noticed = false;
    const started = performance.now();
    let next = this.#timings.pollMs;
    try {
      const scan = await this.#scan();
      next = Math.max(next, (performance.now() - started) / POLL_SHARE);
      if (!this.#closed) next = (await this.#judge(scan)) ?? next;
    } finally {
      this.#looking = false;
      this.#schedule(this.#noticed ? NOTICE_MS : next);
    }
  }

  /** Returns in how many milliseconds to look again, where that is sooner than usual. */
  async #judge(scan: Scan): Promise<number | undefined> {
    this.#watchDirectories(scan);
    if (scan.fingerprint === this.#settled.fingerprint) {
      this.#candidate = undefined;
      return undefined;
    }
    const now = performance.now();
    if (this.#candidate?.scan.fingerprint !== scan.fingerprint) this.#candidate = { scan, since: now };
    const left = this.#candidate.since + this.#quietTime(scan) - now;
    if (left > 0) return Math.ceil(left);
    this.#settled = scan;
    this.#candidate = undefined;
    if ((await this.#onSettled()) === "retry") {
      this.#settled = { ...scan, fingerprint: "" };
      return this.#timings.retryMs;
    }
    return NOTICE_MS; // what changed while this version was read
  }

  #quietTime(scan: Scan): number {
    for (const path of scan.empty) if (!this.#settled.empty.has(path)) return this.#timings.emptyQuietMs;
    return this.#timings.quietMs;
  }

  #watchDirectories(scan: Scan): void {
    this.#directories = scan.directories;
    for (const [path, { watcher, identity }] of this.#watchers) {
      if (scan.directories.get(path)?.identity === identity) continue;
      watcher.close();
      this.#watchers.delete(path);
    }
    for (const [path, { identity }] of scan.directories) {
      if (!this.#watchers.has(path)) this.#watchDirectory(path, identity);
    }
  }

  #watchDirectory(path: string, identity: string): void {
    try {
      const watcher = watch(path, { persistent: false }, (_event, name) => {
        const names = this.#directories.get(path)?.names;
        if (names === null || name === null || names?.has(name)) this.#notice();
      });
      // A directory that vanished takes its watcher along; the next look finds what is there now.
      watcher.on("error", () => this.#drop(path, watcher));
      this.#watchers.set(path, { watcher, identity });
    } catch {
      // No such directory, or no watchers left: the periodic look does without.
    }
  }

  #drop(path: string, watcher: FSWatcher): void {
    watcher.close();
    if (this.#watchers.get(path)?.watcher === watcher) this.#watchers.delete(path);
    this.#notice();
  }
}
