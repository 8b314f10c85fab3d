// Reads a LoadOrder from standard input, puts the load on, prints a LoadResult.
import { text } from "node:stream/consumers";
import autocannon from "autocannon";
import type { LoadOrder, LoadResult } from "./load.js";

const order = JSON.parse(await text(process.stdin)) as LoadOrder;
const result = await autocannon({
  url: order.url,
  connections: order.connections,
  duration: order.seconds,
  requests: order.bodies.map((body) => ({
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  })),
});

const bad = result.errors + result.timeouts + result.non2xx;
if (bad > 0 || result["2xx"] === 0) {
  console.log(JSON.stringify(result, null, 1));
  process.exit(1);
}
const measured: LoadResult = {
  answers: result["2xx"],
  perSecond: result["2xx"] / result.duration,
  p50Ms: result.latency.p50,
  p99Ms: result.latency.p99,
};
console.log(JSON.stringify(measured));
