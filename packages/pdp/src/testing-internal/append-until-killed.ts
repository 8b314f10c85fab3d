// A process that appends for as long as it lives, and prints the id of each record it was promised.
import { openStore } from "../store/index.js";
import { sampleRecord } from "../testing/index.js";

const [path = "", from = "0", count = "Infinity"] = process.argv.slice(2);
const store = await openStore(path);
const log = await store.decisions();
let next = Number(from);
const end = next + Number(count);

async function appendOn(): Promise<void> {
  while (next < end) {
    const record = sampleRecord(next++);
    await log.append(record);
    process.stdout.write(`${record.id}\n`);
  }
}

await Promise.all(Array.from({ length: 20 }, appendOn));
await store.close();
