import { renderDiagnostics } from "../render/diagnostics.js";
import { printable } from "../render/printable.js";
import { recordRow } from "../render/record.js";
import { Table } from "../render/table.js";
import type { Terminal } from "../terminal.js";
import type { DevState } from "./state.js";
import { bundleSummary, checkSummary, clock, testSummary } from "./summary.js";

/** Tells what has changed, line by line: for pipes, files and whoever reads later. */
export class PlainView {
  readonly #terminal: Terminal;
  readonly #table = new Table();
  #shown: DevState | null = null;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(state: DevState): void {
    const before = this.#shown;
    this.#shown = state;
    const { out, color } = this.#terminal;
    if (state.url !== null && state.url !== before?.url) out(`listening on ${state.url}`);
    const { bundle, checked } = state;
    if (bundle !== null && (bundle.id !== before?.bundle?.id || bundle.stale !== before.bundle.stale)) {
      const stale = bundle.stale === null ? "" : `; stale: ${printable(bundle.stale)}`;
      this.#tell(
        bundle.stale === null ? bundle.loadedAt : new Date(),
        "bundle",
        `${bundleSummary(bundle, color)}${color.yellow(stale)}`,
      );
    }
    if (checked !== null && checked !== before?.checked) {
      const { report, at } = checked;
      const problems = report.diagnostics.filter(({ severity }) => severity !== "info");
      if (problems.length > 0) out(renderDiagnostics(problems, report.texts, color.isColorSupported));
      this.#tell(at, "check", checkSummary(report, color));
      this.#tell(at, "tests", testSummary(report, color));
    }
    if (state.note !== null && state.note !== before?.note)
      this.#terminal.err(`${this.#terminal.errorColor.yellow("warning")}: ${printable(state.note)}`);
    const last = state.decisions.at(-1);
    if (last !== undefined && last !== before?.decisions.at(-1)) {
      const [, ...cells] = recordRow(last, color);
      const [line = ""] = this.#table.lines([cells]);
      this.#tell(new Date(last.time), "asked", line);
    }
  }

  #tell(time: Date, what: string, text: string): void {
    const { out, color } = this.#terminal;
    out(`${color.dim(clock(time))} ${color.cyan(what.padEnd(6))} ${text}`);
  }
}
