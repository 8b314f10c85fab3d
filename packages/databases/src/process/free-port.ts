import { randomInt } from "node:crypto";
import { createServer } from "node:net";

// Below what systems hand out to clients, so that no outgoing connection takes the port while a server restarts.
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** A port of the loopback interface that nobody listened on just now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
