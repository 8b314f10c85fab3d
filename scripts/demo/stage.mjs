import { join } from "node:path";
import { root } from "../testing/workspaces.mjs";
import { runToEnd } from "./processes.mjs";
import { bold, colored, cyan, dim, green, indented, red, say, wrapped, yellow } from "./terminal.mjs";

const cli = join(root, "packages/cli/bin/cordon.js");

/**
 * Where the demonstration takes place: two servers and the people who use them. Every request is real,
 * and every answer is compared with what the scene expects.
 */
export class Stage {
  #scene = 0;
  #reasons = new Map();
  passed = 0;
  failed = 0;

  /** @param {{ desk: string, cordon: string, edgeKey: string, sessions: { sign(session: object): string } }} options */
  constructor({ desk, cordon, edgeKey, sessions }) {
    this.desk = desk;
    this.cordon = cordon;
    this.edgeKey = edgeKey;
    this.sessions = sessions;
  }

  scene(title, text) {
    this.#scene++;
    say();
    say(`${cyan(String(this.#scene).padStart(2))}  ${bold(title)}`);
    say(wrapped(text, 4));
  }

  narrate(text) {
    say();
    say(wrapped(text, 4));
  }

  headers({ as, country, device, mfa = false }) {
    return {
      ...(as ? { authorization: `Bearer ${this.sessions.sign({ type: "User", id: as, mfa })}` } : {}),
      "x-edge-key": this.edgeKey,
      ...(country ? { "x-edge-country": country } : {}),
      ...(device ? { "x-edge-device": device } : {}),
    };
  }

  /**
   * Asks the help desk over HTTP, shows the answer with its reason, and compares both.
   *
   * @param {string} request method and path
   * @param {{ as?: string, country?: string, device?: string, mfa?: boolean, body?: object }} from
   * @param {{ status: number, because?: string }} expected `because` is a policy id or a reason code
   * @returns {Promise<string | undefined>} the decision id
   */
  async ask(request, from, expected) {
    const [method, path] = request.split(" ");
    const response = await fetch(this.desk + path, {
      method,
      headers: { ...this.headers(from), "content-type": "application/json" },
      ...(from.body ? { body: JSON.stringify(from.body) } : {}),
    });
    const body = await response.json();
    const id = response.headers.get("x-decision-id") ?? body.decisionId;
    const record = id ? await this.#get(`/cordon/v1/decisions/${id}`) : undefined;
    say();
    say(`    ${bold(request)}  ${dim(circumstances(from))}`);
    await this.#showAnswer(response, record, body);
    const because = record ? [...record.policies, record.reasonCode] : [];
    this.expect(
      `${response.status} because of ${because.join(", ") || "nothing"}`,
      response.status === expected.status && (!expected.because || because.includes(expected.because)),
      `${expected.status} because of ${expected.because ?? "nothing"}`,
    );
    return id;
  }

  async #showAnswer(response, record, body) {
    const mark = response.ok ? green("allow") : red("deny ");
    const status = `${response.status} ${response.statusText}`;
    if (!record) return say(`    ${mark}  ${status}  ${body.detail ?? ""}`);
    const reasons = record.policies.length > 0 ? record.policies : [record.reasonCode];
    say(`    ${mark}  ${status}  ${dim(`decision ${record.id}`)}`);
    for (const policy of reasons) {
      say(wrapped(`${await this.#reason(policy, record.bundleId)}`, 11));
      if (record.policies.length > 0) say(dim(`           ${policy}`));
    }
  }

  async #reason(policy, bundleId) {
    if (policy === "no_permit") return "No policy permits it, so the answer is no.";
    if (!this.#reasons.has(bundleId)) {
      const { id, policies } = await this.#get("/cordon/v1/bundle");
      this.#reasons.set(id, policies.staticPolicies);
    }
    return this.#reasons.get(bundleId)?.[policy]?.annotations?.reason ?? policy;
  }

  /** Asks the decision server itself, as any AuthZEN client would. */
  async evaluate(question, expected) {
    const response = await fetch(`${this.cordon}/access/v1/evaluation`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(question),
    });
    const { decision, context } = await response.json();
    say();
    say(`    ${bold("POST /access/v1/evaluation")}`);
    say(`    ${dim(JSON.stringify(question))}`);
    say(`    ${decision ? green("allow") : red("deny ")}  ${response.status} ${response.statusText}`);
    say(wrapped(context.reason.message, 11));
    this.expect(`decision ${decision}`, decision === expected, `decision ${expected}`);
  }

  /** Notes whether something came out as it should; a difference is shown at once and fails the demo. */
  expect(actual, holds, expected) {
    if (holds) {
      this.passed++;
      return;
    }
    this.failed++;
    say(`    ${red("✗ expected")} ${expected}${red(", got")} ${actual}`);
  }

  /** Makes a change while everything runs, and waits until the decision server has taken it. */
  async change(what, edit, settled = (before, now) => now.loaded_at !== before.loaded_at) {
    const before = await this.#get("/readyz");
    const started = performance.now();
    edit();
    let now = before;
    while (!settled(before, now)) {
      if (performance.now() - started > 10_000) throw new Error(`not taken after 10 s: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
      now = await this.#get("/readyz");
    }
    const bundle =
      now.bundle === before.bundle ? "" : `, bundle ${before.bundle.slice(0, 8)} → ${now.bundle.slice(0, 8)}`;
    say();
    say(`    ${yellow("✎")} ${what}`);
    say(dim(`      taken after ${Math.round(performance.now() - started)} ms, nothing restarted${bundle}`));
    return now;
  }

  /** Runs the `cordon` command and shows what it prints. */
  async command(args, { shown = args, lines = 40, expect }) {
    const color = colored ? ["--color"] : [];
    const { code, output } = await runToEnd(process.execPath, [cli, ...color, ...args]);
    const all = output.trimEnd().split("\n");
    const cut =
      all.length > lines ? [...all.slice(0, lines), dim(`… ${all.length - lines} more lines`)] : all;
    say();
    say(`    ${bold(`$ npx cordon ${shown.join(" ")}`)}`);
    say(indented(cut.join("\n"), 6));
    this.expect(`exit code ${code}`, code === 0 && expect.test(output), `exit code 0 and ${expect}`);
  }

  async #get(path) {
    const response = await fetch(this.cordon + path);
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }
}

const COUNTRIES = { DE: "Germany", JP: "Japan", US: "the United States" };

function circumstances({ as, country, device, mfa, body }) {
  const parts = [as ? `as ${as}` : "without a session"];
  if (country) parts.push(`in ${COUNTRIES[country]}`);
  if (device) parts.push(`on ${device === "unmanaged" ? "an unmanaged" : "a managed, encrypted"} device`);
  if (mfa) parts.push("with a second factor");
  if (body?.amount) parts.push(`amount ${(body.amount / 100).toFixed(2)}`);
  return parts.join(", ");
}
