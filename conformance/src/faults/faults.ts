import { setTimeout as sleep } from "node:timers/promises";
import type { DatabaseServer, Network } from "@cordon/databases";
import { TEAMS } from "./world.js";

/** What faults are done to. */
export interface Stage {
  readonly server: DatabaseServer;
  readonly url: string;
  readonly network: Network;
}

/** Something that goes wrong for a while; its promise resolves when all is well again. */
export interface Fault {
  readonly name: string;
  /** Whether answers may fail meanwhile, or must be right all the time. */
  readonly isOutage: boolean;
  happen(stage: Stage, forMs: number): Promise<void>;
}

const KILL = (what: string): string =>
  `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cordon' AND ${what}`;

export const FAULTS: readonly Fault[] = [
  {
    name: "stopped and started",
    isOutage: true,
    async happen({ server }, forMs) {
      await server.halt();
      await sleep(forMs);
      await server.start();
    },
  },
  {
    name: "frozen",
    isOutage: true,
    async happen({ server }, forMs) {
      server.pause();
      await sleep(forMs);
      server.resume();
    },
  },
  {
    name: "cut off, its connections lost in silence",
    isOutage: true,
    async happen({ network }, forMs) {
      network.cut();
      await sleep(forMs);
      network.mend();
    },
  },
  {
    name: "connections killed again and again",
    isOutage: true,
    async happen({ server, url, network }, forMs) {
      const end = performance.now() + forMs;
      for (let turn = 0; performance.now() < end; turn++) {
        if (turn % 2 === 0) await server.query(KILL("true"), url);
        else network.reset();
        await sleep(100);
      }
    },
  },
  {
    name: "locked",
    isOutage: true,
    async happen({ server, url }, forMs) {
      await server.query(
        `BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(${forMs / 1_000}); COMMIT`,
        url,
      );
    },
  },
  {
    name: "slow, but in time",
    isOutage: false,
    async happen({ network }, forMs) {
      network.slow(60);
      await sleep(forMs);
      network.mend();
    },
  },
  {
    name: "too slow",
    isOutage: true,
    async happen({ network }, forMs) {
      network.slow(800);
      await sleep(forMs);
      network.mend();
    },
  },
  {
    name: "flooded with changes",
    isOutage: false,
    async happen({ server, url }, forMs) {
      const end = performance.now() + forMs;
      const again = "UPDATE teams SET frozen = frozen";
      // Rows one at a time, each with a notice of its own.
      const each = Array.from({ length: TEAMS }, (_, n) => `${again} WHERE id = 't${n}'`).join("; ");
      while (performance.now() < end) await server.query(`${again}; ${each}`, url);
    },
  },
  {
    name: "no longer listened to",
    isOutage: false,
    async happen({ server, url }, forMs) {
      const end = performance.now() + forMs;
      while (performance.now() < end) {
        await server.query(KILL("(query = 'SELECT 1' OR query LIKE '%pg_trigger%')"), url);
        await sleep(200);
      }
    },
  },
];
