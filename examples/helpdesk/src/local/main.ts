// Starts what the help desk needs around it, with sample data, until it is told to end:
//   node dist/local/main.js [--port 7000] [--settings helpdesk.env]
import { rmSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { startSurroundings } from "./surroundings.js";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "7000" },
    settings: { type: "string", default: "helpdesk.env" },
  },
});

const surroundings = await startSurroundings({ port: Number(values.port) });
const lines = Object.entries(surroundings.settings).map(([name, value]) => `export ${name}='${value}'\n`);
writeFileSync(values.settings, lines.join(""), { mode: 0o600 });
console.log(`settings for both servers are in ${values.settings}`);
console.log(`listening on ${surroundings.issuer.url}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    rmSync(values.settings, { force: true });
    await surroundings.stop();
  });
}
