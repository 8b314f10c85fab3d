import { type DecisionLog, replayDecision, type Store } from "@cordon/pdp";
import { CommandError } from "../failure.js";
import { openExistingStore } from "../project/store.js";
import type { LogReader } from "./log-reader.js";

/**
 * The log in a project's folder. It opens while the project's policies are broken, which is when people
 * look into it, and beside a running server.
 */
export async function openLocalLog(project: string | undefined): Promise<LogReader> {
  const { store, path } = await openExistingStore(project);
  if (store === undefined) {
    throw new CommandError("no_store", `there is no decision log at \`${path}\``, {
      help: "the first decision creates it: `cordon serve`, or `cordon ask`",
    });
  }
  // Reading needs no thread of its own to write from.
  return reader(store, await store.decisions({ thread: false }));
}

function reader(store: Store, log: DecisionLog): LogReader {
  return {
    list: (filter) => log.list(filter),
    get: (id) => log.get(id),
    verify: (pinned, onProgress) =>
      log.verify(pinned === undefined ? { onProgress } : { pinned, onProgress }),
    follow: (afterSeq, signal) => log.follow(afterSeq, signal),
    replay: (id) => replayDecision(log, store, id),
    bundle: (id) => store.bundle(id),
    close: () => store.close(),
  };
}
