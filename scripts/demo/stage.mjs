import { join } from "node:path";
import { root } from "../testing/workspaces.mjs";
import { runToEnd } from "./processes.mjs";
import { bold, colored, cyan, dim, green, indented, red, say, wrapped, yellow } from "./terminal.mjs";

const cli = join(root, "packages/cli/bin/cordon.js");

/** Real addresses; where they are, the decision server looks up in a database of places. */
const PLACES = {
  DE: { name: "Germany", address: "193.99.144.80" },
  US: { name: "the United States", address: "8.8.8.8" },
  JP: { name: "Japan", address: "133.11.0.5" },
};

/**
 * Where the demonstration takes place: two servers, what is around them, and the people who use them. Every request
 * is real, and every answer is compared with what the scene expects.
 */
export class Stage {
  #scene = 0;
  #reasons = new Map();
  #tokens = new Map();
  #changed = 0;
  passed = 0;
  failed = 0;

  /** @param {{ desk: string, cordon: string, surroundings: object }} options `surroundings`: database and issuer */
  constructor({ desk, cordon, surroundings }) {
    this.desk = desk;
    this.cordon = cordon;
    this.surroundings = surroundings;
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

  /** The token of whoever has signed in; signs them in the first time. */
  async token({ as, mfa = false, agent }) {
    const key = JSON.stringify([as, mfa, agent]);
    let token = this.#tokens.get(key);
    if (token === undefined) {
      token = await this.surroundings.issuer.signIn({ as, mfa, ...(agent ? { agent } : {}) });
      this.#tokens.set(key, token);
    }
    return token;
  }

  /** What a request carries: a token, the address that our proxy saw it come from, and a device's id. */
  async headers(from) {
    const token = from.token ?? (from.as ? await this.token(from) : undefined);
    return {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(from.in ? { "x-forwarded-for": PLACES[from.in].address } : {}),
      ...(from.on ? { "x-device-id": from.on } : {}),
    };
  }

  /**
   * Asks the help desk over HTTP, shows the answer with its reason, and compares both. After a change of rows it asks
   * until the answer is the expected one, for a few seconds: how long that took is shown.
   *
   * @param {string} request method and path
   * @param {{ as?: string, token?: string, in?: string, on?: string, mfa?: boolean, agent?: string, body?: object }} from
   * @param {{ status: number, because?: string }} expected `because` is a policy id or a reason code
   * @returns {Promise<string | undefined>} the decision id
   */
  async ask(request, from, expected) {
    const changed = this.#changed;
    this.#changed = 0;
    let answer = await this.#send(request, from);
    while (changed > 0 && !isExpected(answer, expected) && performance.now() - changed < 5_000) {
      answer = await this.#send(request, from);
    }
    const { response, record, body, id } = answer;
    say();
    say(`    ${bold(request)}  ${dim(circumstances(from))}`);
    await this.#showAnswer(response, record, body);
    if (changed > 0)
      say(dim(`           asked and answered within ${Math.round(answer.at - changed)} ms of the change`));
    const because = record ? [...record.policies, record.reasonCode] : [];
    this.expect(
      `${response.status} because of ${because.join(", ") || "nothing"}`,
      isExpected(answer, expected),
      `${expected.status} because of ${expected.because ?? "nothing"}`,
    );
    return id;
  }

  async #send(request, from) {
    const [method, path] = request.split(" ");
    const response = await fetch(this.desk + path, {
      method,
      headers: { ...(await this.headers(from)), "content-type": "application/json" },
      ...(from.body ? { body: JSON.stringify(from.body) } : {}),
    });
    const body = await response.json();
    const at = performance.now();
    const id = response.headers.get("x-decision-id") ?? body.decisionId;
    const record = id ? await this.#get(`/cordon/v1/decisions/${id}`) : undefined;
    return { response, record, body, id, at };
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
    if (policy in REASONS) return REASONS[policy];
    if (!this.#reasons.has(bundleId)) {
      const { id, policies } = await this.#get("/cordon/v1/bundle");
      this.#reasons.set(id, policies.staticPolicies);
    }
    return this.#reasons.get(bundleId)?.[policy]?.annotations?.reason ?? policy;
  }

  /** Asks the decision server itself, as any AuthZEN client would. */
  async evaluate(question, from, expected) {
    const token = await this.token(from);
    const asked = { ...question, context: { credentials: { token } } };
    const response = await this.#post("/access/v1/evaluation", asked);
    const { decision, context } = await response.json();
    say();
    say(`    ${bold("POST /access/v1/evaluation")}`);
    say(wrapped(JSON.stringify(asked).replace(token, `${token.slice(0, 12)}…`), 4));
    say(`    ${decision ? green("allow") : red("deny ")}  ${response.status} ${response.statusText}`);
    say(wrapped(context.reason.message, 11));
    this.expect(`decision ${decision}`, decision === expected, `decision ${expected}`);
  }

  /** What the help desk lists for somebody, and what the decision server says of each of all these by itself. */
  async listAndCompare(from, ids) {
    const started = performance.now();
    const response = await fetch(`${this.desk}/tickets?limit=5000`, { headers: await this.headers(from) });
    const { total, tickets } = await response.json();
    const listed = new Set(tickets.map(({ id }) => id));
    say();
    say(`    ${bold("GET /tickets")}  ${dim(circumstances(from))}`);
    say(
      `    ${green(String(total))} of ${ids.length} tickets, by one query  ${dim(`${Math.round(performance.now() - started)} ms`)}`,
    );
    const again = performance.now();
    const allowed = await this.#allowedAmong(from, ids);
    const took = Math.round(performance.now() - again);
    const differing = ids.filter((id) => listed.has(id) !== allowed.has(id));
    say(
      `    ${green(String(allowed.size))} of ${ids.length} when each is asked about by itself  ${dim(`${took} ms`)}`,
    );
    this.expect(
      `${total} listed of ${allowed.size} allowed, ${differing.length} differing: ${differing.slice(0, 5).join(", ")}`,
      differing.length === 0 && listed.size === total && total > 0 && total < ids.length,
      "the same tickets, some but not all",
    );
  }

  async #allowedAmong(from, ids) {
    const allowed = new Set();
    const shared = {
      subject: { type: "User", id: from.as },
      action: { name: "ticket:read" },
      context: { credentials: { token: await this.token(from) } },
    };
    for (let at = 0; at < ids.length; at += BATCH) {
      const some = ids.slice(at, at + BATCH);
      const evaluations = some.map((id) => ({ resource: { type: "Ticket", id } }));
      const response = await this.#post("/access/v1/evaluations", { ...shared, evaluations });
      const answers = (await response.json()).evaluations;
      for (const [i, { decision }] of answers.entries()) if (decision) allowed.add(some[i]);
    }
    return allowed;
  }

  #post(path, body) {
    const headers = { "content-type": "application/json" };
    return fetch(this.cordon + path, { method: "POST", headers, body: JSON.stringify(body) });
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

  /** Changes rows by hand. The next answer is about them as they are then. */
  async changeRows(sql, values = []) {
    await this.surroundings.run(sql, values);
    this.#changed = performance.now();
    say();
    say(`    ${yellow("✎")} ${sql.replace(/\$(\d+)/g, (_, n) => `'${values[n - 1]}'`)}`);
  }

  /** Something else changed: the next answer may take a moment to be the expected one. */
  changedNow() {
    this.#changed = performance.now();
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
    const env = { ...process.env, ...this.surroundings.settings };
    const { code, output } = await runToEnd(process.execPath, [cli, ...color, ...args], { env });
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

/** Items of a batch that a server takes at once, unless it is told otherwise. */
const BATCH = 500;

/** Reasons that are no policies. */
const REASONS = {
  no_permit: "No policy permits it, so the answer is no.",
  identity_unverified:
    "The token proves nothing (any more): it was altered, has expired, or its session has ended.",
  source_unavailable: "What it depends on can't be known at the moment, so the answer is no.",
};

function isExpected({ response, record }, { status, because }) {
  const reasons = record ? [...record.policies, record.reasonCode] : [];
  return response.status === status && (because === undefined || reasons.includes(because));
}

function circumstances({ as, token, in: place, on, mfa, agent, body }) {
  const who = as ? `as ${as}` : token ? "with that token" : "without a token";
  const parts = [agent ? `the ${agent}, for ${as}` : who];
  if (place) parts.push(`from ${PLACES[place].address} (${PLACES[place].name})`);
  if (on) parts.push(`on ${on}`);
  if (mfa) parts.push("with a second factor");
  if (body?.amount) parts.push(`amount ${(body.amount / 100).toFixed(2)}`);
  return parts.join(", ");
}
