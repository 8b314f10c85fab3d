import assert from "node:assert/strict";
import { it } from "node:test";
import type { FetchResult } from "../../sources/source.js";
import { SourceError } from "../../sources/source-error.js";
import { askUsers, entityOf, never, type SourceUnderTest } from "./world.js";

/** How long a fetch may take to notice that nobody waits for it any more. */
const LEAVE_MS = 1_000;

/** How failures look: an error with a code and the source's name, soon, and never a partial answer. */
export function faultContract(under: () => SourceUnderTest): void {
  it("fails the entity whose data is of another type, or the whole question, never a guess", async (t) => {
    const { source, ...world } = under();
    if (world.spoilLevel === undefined) return t.skip("what lies behind holds no other type");
    await world.putUser("ann", { name: "Ann", level: 1 });
    await world.putUser("bob", { name: "Bob", level: 2 });
    await world.spoilLevel("ann");
    const error = await failureOf(source.fetch(askUsers(["ann", "bob"]), never()), "ann");
    assert.match(error.code, /^source_(mismatch|malformed)$/);
    assert.match(error.message, /level/);
    const bob = await source.fetch(askUsers(["bob"]), never());
    assert.equal(entityOf(bob, "bob").attrs.get("level"), 2);
  });

  it("fails at once where the signal is aborted already", async () => {
    const { source, ...world } = under();
    await world.putUser("ann", { name: "Ann", level: 1 });
    const gone = AbortSignal.abort();
    await within(
      LEAVE_MS,
      source.fetch(askUsers(["ann"]), gone).catch(() => "failed"),
    );
    const found = await source.fetch(askUsers(["ann"]), never());
    assert.ok(found.has("ann"), "the next question is answered");
  });

  it("leaves soon once the signal aborts, and answers the next question", async (t) => {
    const { source, ...world } = under();
    if (world.freeze === undefined) return t.skip("what lies behind can't be frozen");
    await world.putUser("ann", { name: "Ann", level: 1 });
    await source.fetch(askUsers(["ann"]), never());
    const thaw = await world.freeze();
    try {
      const controller = new AbortController();
      const asked = source.fetch(askUsers(["ann"]), controller.signal).then(
        () => "answered",
        (error: unknown) => error,
      );
      setTimeout(() => controller.abort(), 50);
      const outcome = await within(LEAVE_MS + 50, asked);
      assert.ok(outcome instanceof Error, String(outcome));
    } finally {
      await thaw();
    }
    const found = await eventually(() => source.fetch(askUsers(["ann"]), never()));
    assert.equal(entityOf(found, "ann").attrs.get("level"), 1);
  });

  it("says that it can't be reached, and recovers by itself", async (t) => {
    const { source, ...world } = under();
    if (world.kill === undefined) return t.skip("what lies behind can't be taken away");
    await world.putUser("ann", { name: "Ann", level: 1 });
    await source.fetch(askUsers(["ann"]), never());
    const revive = await world.kill();
    try {
      for (let n = 0; n < 3; n++) {
        const error = await failureOf(source.fetch(askUsers(["ann"]), AbortSignal.timeout(2_000)), "ann");
        assert.equal(error.source, source.name);
        assert.match(error.code, /^source_(unreachable|timeout|refused|failed)$/);
        assert.notEqual(error.help, "");
      }
    } finally {
      await revive();
    }
    const found = await eventually(() => source.fetch(askUsers(["ann"]), never()));
    assert.equal(entityOf(found, "ann").attrs.get("level"), 1);
  });

  it("tells of changes, where it can", async (t) => {
    const { source, ...world } = under();
    if (source.watch === undefined) return t.skip("it tells of no changes");
    await world.putUser("ann", { name: "Ann", level: 1 });
    let told: (() => void) | undefined;
    const end = await source.watch(({ type, id }) => {
      if ((type ?? "User") === "User" && (id ?? "ann") === "ann") told?.();
    });
    try {
      for (const change of [
        () => world.putUser("ann", { name: "Ann", level: 2 }),
        () => world.removeUser("ann"),
      ]) {
        const heard = new Promise<void>((resolve) => {
          told = resolve;
        });
        await change();
        await within(3_000, heard);
      }
    } finally {
      await end();
    }
  });

  it("closes, twice as well, and fails from then on", async () => {
    const { source } = under();
    await source.close();
    await source.close();
    const outcome = source.fetch(askUsers(["ann"]), AbortSignal.timeout(1_000)).then(
      () => "answered",
      (error: unknown) => error,
    );
    assert.ok((await within(2_000, outcome)) instanceof SourceError);
  });
}

async function failureOf(asked: Promise<FetchResult>, id: string): Promise<SourceError> {
  const outcome = await asked.then(
    (found) => found.get(id),
    (error: unknown) => error,
  );
  assert.ok(outcome instanceof SourceError, `no SourceError but ${String(outcome)}`);
  return outcome;
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function eventually<T>(ask: () => Promise<T>, limitMs = 10_000): Promise<T> {
  const started = performance.now();
  for (;;) {
    try {
      return await within(2_000, ask());
    } catch (error) {
      if (performance.now() - started > limitMs) throw error;
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }
}
