import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { MemorySource } from "../../testing-internal/memory-source.js";
import { Breaker } from "../decorators/breaker.js";
import { retried } from "../decorators/retry.js";
import type { FetchResult } from "../source.js";
import { SourceError } from "../source-error.js";
import type { SourceOptions } from "../source-options.js";
import { LiveSource } from "./live-source.js";
import { PartCache } from "./part-cache.js";

const ATTRIBUTES = new Set(["level"]);
const WANTED = { attributes: ATTRIBUTES, parents: false, tags: false };

function over(options: SourceOptions): { source: MemorySource; live: LiveSource } {
  const source = new MemorySource("users", { User: { attributes: ["level"], parents: ["Group"] } });
  for (let n = 0; n < 50; n++) source.put("User", `u${n}`, { attrs: { level: n } });
  const live = new LiveSource({ source, options, schema: null, secrets: [], logger: undefined });
  return { source, live };
}

const demand = () => ({ at: performance.now(), maxAgeMs: undefined });
const ask = (live: LiveSource, id: string, limit?: number) => live.ask("User", id, WANTED, limit, demand());

async function codeOf(answer: Promise<unknown>): Promise<string> {
  return answer.then(
    () => "answered",
    (error: unknown) => (error instanceof SourceError ? error.code : String(error)),
  );
}

async function failureOf(answer: Promise<unknown>): Promise<SourceError> {
  return answer.then(
    () => assert.fail("it answered"),
    (error: SourceError) => error,
  );
}

describe("a source with everything around it", () => {
  it("asks in batches no larger than they may be, as many at once as may be", async () => {
    const { source, live } = over({ batch: 10, concurrency: 2 });
    let underWay = 0;
    let most = 0;
    source.onFetch = async () => {
      most = Math.max(most, ++underWay);
      await sleep(5);
      underWay--;
    };
    const parts = await Promise.all(Array.from({ length: 45 }, (_, n) => ask(live, `u${n}`).answer));
    assert.deepEqual(
      parts.map(({ entity }) => entity?.attrs.get("level")),
      Array.from({ length: 45 }, (_, n) => n),
    );
    assert.deepEqual(
      source.asked.map(({ ids }) => ids.length),
      [10, 10, 10, 10, 5],
    );
    assert.equal(most, 2);
  });

  it("refuses what would make too many wait", async () => {
    const { live } = over({ queue: 3 });
    const codes = await Promise.all(["u0", "u1", "u2", "u3", "u0"].map((id) => codeOf(ask(live, id).answer)));
    assert.deepEqual(codes, ["answered", "answered", "answered", "source_overloaded", "answered"]);
  });

  it("joins what is under way, unless it began too early or a change was told", async () => {
    const { source, live } = over({});
    let release: (() => void)[] = [];
    source.onFetch = () => new Promise<void>((resolve) => release.push(resolve));
    const first = ask(live, "u1");
    await sleep(5);
    const joined = ask(live, "u1");
    const strict = ask(live, "u1", 0);
    await sleep(5);
    live.changed({ type: "User", id: "u1" });
    const after = ask(live, "u1");
    await sleep(5);
    for (const one of release) one();
    release = [];
    await Promise.all([first.answer, joined.answer]);
    await sleep(5);
    for (const one of release) one();
    await Promise.all([strict.answer, after.answer]);
    assert.equal(source.asked.length, 3, "one, one that must be younger, one after the change");
  });

  it("breaks off what nobody waits for, and doesn't ask what nobody waits for any more", async () => {
    const { source, live } = over({});
    let aborted = 0;
    source.onFetch = (_request, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          aborted++;
          reject(new Error("aborted"));
        });
      });
    const [a, b] = [ask(live, "u1"), ask(live, "u1")];
    await sleep(5);
    a.leave();
    a.leave();
    await sleep(5);
    assert.equal(aborted, 0);
    b.leave();
    await sleep(5);
    assert.equal(aborted, 1);
    ask(live, "u2").leave();
    await sleep(5);
    assert.equal(source.asked.length, 1);
    assert.equal(live.status().failures.source_failed, undefined, "who leaves is no failure of the source");
    assert.equal(live.waiting, 0);
  });

  it("gives up on a source that takes no notice of its signal", async () => {
    const { source, live } = over({ timeoutMs: 20, retries: 0 });
    source.onFetch = () => new Promise(() => {});
    assert.equal(await codeOf(ask(live, "u1").answer), "source_timeout");
    source.onFetch = undefined;
    assert.equal(await codeOf(ask(live, "u1").answer), "answered");
  });

  it("is left alone after failures in a row, and asked again soon", async () => {
    const { source, live } = over({ retries: 0 });
    source.failWith(source.down());
    for (let n = 0; n < 5; n++) assert.equal(await codeOf(ask(live, "u1").answer), "source_unreachable");
    assert.equal(await codeOf(ask(live, "u1").answer), "source_suspended");
    assert.equal(live.status().state, "suspended");
    const asked = source.asked.length;
    source.failWith(undefined);
    await sleep(250);
    assert.equal(await codeOf(ask(live, "u1").answer), "answered");
    assert.equal(source.asked.length, asked + 1);
    assert.equal(live.status().state, "ok");
  });

  it("ends everything when it is closed", async () => {
    const { source, live } = over({});
    source.onFetch = () => new Promise(() => {});
    live.start();
    await sleep(5);
    assert.ok(source.isWatched);
    const [flying, waiting] = [ask(live, "u1"), ask(live, "u2")];
    await sleep(5);
    const late = ask(live, "u3");
    await live.close();
    await live.close();
    const codes = await Promise.all([flying, waiting, late].map(({ answer }) => codeOf(answer)));
    assert.deepEqual(codes, ["source_given_up", "source_given_up", "source_closed"]);
    assert.deepEqual([source.closed, source.isWatched], [1, false]);
    assert.equal(await codeOf(ask(live, "u4").answer), "source_closed");
  });

  it("makes an error without secrets of whatever is thrown", async () => {
    const source = new MemorySource("users", { User: { attributes: ["level"] } });
    const live = new LiveSource({
      source,
      options: { retries: 0 },
      schema: null,
      secrets: ["hunter22"],
      logger: undefined,
    });
    source.failWith(new TypeError("postgres://ann:hunter22@db/x"));
    const broken = await failureOf(ask(live, "u1").answer);
    assert.deepEqual([broken.code, broken.message], ["source_failed", "it broke with `TypeError`"]);
    source.failWith(new SourceError("source_refused", "users", "no entry for hunter22", "hunter22?"));
    const refused = await failureOf(ask(live, "u1").answer);
    assert.deepEqual([refused.message, refused.help], ["no entry for •••", "•••?"]);
  });
});

describe("a cache of answers", () => {
  const part = (name: string, askedAt: number) => ({
    entity: { attrs: new Map([["level", name]]), parents: [] },
    wanted: WANTED,
    askedAt,
    askedAtTime: 0,
    stale: false,
  });

  it("takes no more room than it may, and gives up what was not used for longest", () => {
    const cache = new PartCache(20_000);
    for (let n = 0; n < 1_000; n++) {
      cache.set("User", `u${n}`, part("x".repeat(100), n));
      cache.get("User", "u0", WANTED);
      assert.ok(cache.bytes <= 20_000);
    }
    assert.ok(cache.size > 10 && cache.size < 60, `${cache.size} entries`);
    assert.ok(cache.get("User", "u0", WANTED));
    assert.ok(cache.get("User", "u999", WANTED));
    assert.equal(cache.get("User", "u1", WANTED), undefined);
    cache.set("User", "huge", part("x".repeat(20_000), 0));
    assert.equal(cache.get("User", "huge", WANTED), undefined);
    cache.changed({});
    assert.deepEqual([cache.size, cache.bytes], [0, 0]);
  });

  it("forgets exactly what changed, and never goes back in time", () => {
    const cache = new PartCache(1_000_000);
    for (const [type, id] of [
      ["User", "a"],
      ["User", "b"],
      ["Group", "a"],
    ] as const)
      cache.set(type, id, part(id, 5));
    cache.set("User", "b", part("older", 4));
    assert.equal(cache.get("User", "b", WANTED)?.entity?.attrs.get("level"), "b");
    cache.changed({ type: "User", id: "a" });
    assert.equal(cache.get("User", "a", WANTED), undefined);
    cache.changed({ type: "User" });
    assert.deepEqual([cache.get("User", "b", WANTED), cache.size], [undefined, 1]);
  });

  it("has no answer to more than was asked", () => {
    const cache = new PartCache(1_000_000);
    cache.set("User", "a", part("a", 1));
    assert.equal(cache.get("User", "a", { ...WANTED, parents: true }), undefined);
    assert.equal(cache.get("User", "a", { ...WANTED, attributes: new Set(["level", "name"]) }), undefined);
    assert.ok(cache.get("User", "a", { ...WANTED, attributes: new Set() }));
  });
});

describe("repetition and breaker", () => {
  const request = { type: "User", ids: ["a"], ...WANTED };
  const fail = (code: "source_unreachable" | "source_mismatch") => async (): Promise<FetchResult> => {
    throw new SourceError(code, "users", "no", "no");
  };

  it("repeats only what may pass, and not beyond the time of whoever asks", async () => {
    let asked = 0;
    const counting = (code: "source_unreachable" | "source_mismatch") => async () => {
      asked++;
      return fail(code)();
    };
    const signal = new AbortController().signal;
    await assert.rejects(retried(2, counting("source_unreachable"), () => 0)(request, signal));
    assert.equal(asked, 3);
    await assert.rejects(retried(2, counting("source_mismatch"))(request, signal));
    assert.equal(asked, 4);
    const started = performance.now();
    await assert.rejects(retried(10, counting("source_unreachable"))(request, AbortSignal.timeout(30)), {
      code: "source_unreachable",
    });
    assert.ok(performance.now() - started < 2_000);
  });

  it("lets one question through once the pause is over, and waits longer after each that fails", async () => {
    let now = 0;
    const breaker = new Breaker("users", { failures: 2, pauseMs: 100, longestPauseMs: 300 }, () => now);
    const signal = new AbortController().signal;
    const down = breaker.guard(fail("source_unreachable"));
    const codes: string[] = [];
    const step = async (ms: number) => {
      now += ms;
      codes.push(await codeOf(down(request, signal)));
    };
    for (const ms of [0, 0, 99, 1, 199, 1, 299, 1, 299]) await step(ms);
    assert.deepEqual(
      codes.map((code) => (code === "source_suspended" ? "-" : "asked")),
      ["asked", "asked", "-", "asked", "-", "asked", "-", "asked", "-"],
    );
    now += 1;
    await breaker.guard(async () => new Map())(request, signal);
    assert.equal(breaker.isOpen, false);
    const wrong = breaker.guard(fail("source_mismatch"));
    for (let n = 0; n < 5; n++) await codeOf(wrong(request, signal));
    assert.equal(breaker.isOpen, false, "bad data says nothing about health");
  });

  it("asks again at once after an attempt that hung for as long as the pause", async () => {
    let now = 0;
    const breaker = new Breaker("users", { failures: 2, pauseMs: 100, longestPauseMs: 300 }, () => now);
    const signal = new AbortController().signal;
    const hanging = breaker.guard(async () => {
      now += 1_000;
      throw new SourceError("source_timeout", "users", "no answer", "");
    });
    for (let n = 0; n < 3; n++) assert.equal(await codeOf(hanging(request, signal)), "source_timeout");
    assert.equal(breaker.isOpen, true);
    await breaker.guard(async () => new Map())(request, signal);
    assert.equal(breaker.isOpen, false);
  });
});
