/**
 * @typedef {{ title: string, detail: string, file?: string | undefined }} Failure
 * @typedef {object} Outcome
 * @property {number} passed how many tests, or parts of a check, held
 * @property {Failure[]} failures
 * @property {string[]} notes what a reader should know although it isn't a failure
 * @property {number} [milliseconds]
 */

const LONGEST_DETAIL = 20_000;

/** Collects outcomes, prints a line for each as it comes, and all failures in full at the end. */
export class Report {
  /** @type {{ section: string, failure: Failure }[]} */
  #failures = [];
  #passed = 0;

  /**
   * @param {string} section
   * @param {Outcome} outcome
   */
  add(section, outcome) {
    this.#passed += outcome.passed;
    const failed = outcome.failures.length;
    const counts = failed === 0 ? `${outcome.passed} passed` : `${outcome.passed} passed, ${failed} FAILED`;
    const time = outcome.milliseconds === undefined ? "" : `${(outcome.milliseconds / 1000).toFixed(1)} s`;
    print(`${failed === 0 ? "ok  " : "FAIL"} ${section.padEnd(20)} ${counts.padEnd(26)} ${time}`.trimEnd());
    for (const note of outcome.notes) print(`       ${note}`);
    for (const failure of outcome.failures) this.#failures.push({ section, failure });
  }

  /** @returns {number} the exit code */
  finish() {
    for (const { section, failure } of this.#failures) {
      print(`\n── ${section}: ${failure.title}`);
      if (failure.detail !== "") print(indent(shorten(failure.detail.trimEnd())));
    }
    print(`\n${this.#passed} passed, ${this.#failures.length} failed`);
    return this.#failures.length === 0 ? 0 : 1;
  }
}

/** @param {string} text */
function indent(text) {
  return text.replace(/^(?=.)/gm, "   ");
}

/** @param {string} text */
function shorten(text) {
  if (text.length <= LONGEST_DETAIL) return text;
  const half = LONGEST_DETAIL / 2;
  return `${text.slice(0, half)}\n… ${text.length - LONGEST_DETAIL} characters left out …\n${text.slice(-half)}`;
}

/** @param {string} text */
function print(text) {
  process.stdout.write(`${text}\n`);
}
