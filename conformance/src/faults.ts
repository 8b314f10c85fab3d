// npm run faults -w @cordon/conformance -- [--minutes N] [--rate N] [--seed N] [--only WORDS]
import { parseArgs } from "node:util";
import { FAULTS } from "./faults/faults.js";
import { describeReport } from "./faults/report.js";
import { runFaults } from "./faults/run.js";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    rate: { type: "string", default: "500" },
    seed: { type: "string", default: `${Math.floor(Math.random() * 2 ** 31)}` },
    only: { type: "string", default: "" },
  },
});
const numberOf = (name: "minutes" | "rate" | "seed"): number => {
  const value = Number(values[name]);
  if (values[name] !== "" && Number.isFinite(value) && value >= 0) return value;
  console.error(`\`--${name}\` must be a number, not \`${values[name]}\``);
  process.exit(2);
};
const minutes = numberOf("minutes");
const options = { ...(minutes > 0 ? { minutes } : {}), perSecond: numberOf("rate"), seed: numberOf("seed") };
console.log(`seed ${options.seed}`);
const report = await runFaults({
  ...options,
  faults: FAULTS.filter(({ name }) => name.includes(values.only)),
  faultMs: 4_000,
  calmMs: 5_000,
  tell: (line) => console.log(line),
});
console.log(describeReport(report));
process.exitCode = report.judged.wrong.length + report.complaints.length > 0 || report.exitCode !== 0 ? 1 : 0;
