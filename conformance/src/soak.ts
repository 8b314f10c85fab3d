// npm run soak -w @cordon/conformance -- [--cases N] [--minutes N] [--seed N] [--skip N]
import { parseArgs } from "node:util";
import { soak } from "./soak/soak.js";

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "1000000" },
    minutes: { type: "string" },
    seed: { type: "string" },
    skip: { type: "string", default: "0" },
    help: { type: "boolean" },
  },
});

if (values.help) {
  console.log(
    [
      "npm run soak -w @cordon/conformance -- [--cases N] [--minutes N] [--seed N] [--skip N]",
      "",
      "--cases    how many calls, each on every path beside cedar-wasm; a million without it",
      "--minutes  end after so long, with as many as there was time for",
      "--seed     the same worlds again; printed at the start of each run",
      "--skip     worlds to leave out at the beginning: goes on where an earlier run with that seed ended",
    ].join("\n"),
  );
} else {
  const number = (name: "cases" | "minutes" | "seed" | "skip", least = 0): number | undefined => {
    const text = values[name];
    if (text === undefined) return undefined;
    const value = Number(text);
    if (Number.isFinite(value) && value >= least) return value;
    console.error(`\`--${name}\` must be a number of at least ${least}, not \`${text}\``);
    process.exit(2);
  };
  const agreed = soak(
    {
      cases: number("cases", 1) ?? 0,
      minutes: number("minutes") ?? Number.POSITIVE_INFINITY,
      seed: number("seed") ?? Math.floor(Math.random() * 2 ** 31),
      skip: number("skip") ?? 0,
    },
    (line) => console.log(line),
  );
  process.exitCode = agreed ? 0 : 1;
}
