import { storeContract } from "../../testing/index.js";
import { temporaryStore } from "../../testing-internal/temporary-store.js";

storeContract("SQLite, durable", temporaryStore);
storeContract("SQLite, buffered", temporaryStore, { log: { mode: "buffered" } });
storeContract("SQLite, durable, without a thread", temporaryStore, { log: { thread: false } });
storeContract("SQLite, a queue of three", temporaryStore, { log: { queueLimit: 3 } });
