import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { type CompileCache, compile, compileDecideOnly, type PolicySetJson, valuesEqual } from "../index.js";
import * as arbitraries from "../testing-internal/arbitraries.js";
import { checkProperty } from "../testing-internal/property.js";
import {
  context,
  dot,
  lit,
  op,
  policyOf,
  principal,
  requestOf,
  setOf,
  storeOf,
  when,
} from "../testing-internal/world.js";
import { RUNTIME } from "./runtime.js";
import { jsonSource, quote, valueSource } from "./source/literal-source.js";

const request = requestOf('User::"ann"', 'Action::"read"', 'Doc::"d"');
const store = storeOf({ 'User::"ann"': { attrs: { level: 3 } }, 'Action::"read"': {} });

/** What source makes where generated code runs. */
function made(source: string): unknown {
  const names = Object.keys(RUNTIME).join(", ");
  return new Function("runtime", `"use strict"; const { ${names} } = runtime; return ${source}`)(RUNTIME);
}

test("the source of a value makes that value, whatever text is in it", (t) => {
  checkProperty(
    t,
    fc.property(arbitraries.value, (value) => {
      const copy = made(valueSource(value));
      assert.ok(valuesEqual(copy as typeof value, value), valueSource(value));
      assert.equal(typeof copy, typeof value);
    }),
  );
});

test("text stays text, and takes one line", () => {
  const hostile = [
    '"); throw new Error("out"); ("',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it must stay text
    "`${process.exit(1)}`",
    "\u2028alert(1)\u2029",
    '\\"\n\r\0',
    "\ud800 alone",
    "</script><script>",
    "*/",
  ];
  for (const text of hostile) {
    assert.equal(made(quote(text)), text);
    assert.doesNotMatch(quote(text), /[\u2028\u2029\n\r]/);
    const body = op("||", op("==", dot(principal, text), lit(text)), { has: { left: context, attr: text } });
    const set = setOf({ [text]: policyOf("permit", { conditions: when(body), annotations: { a: text } }) });
    const withText = storeOf({ 'User::"ann"': { attrs: { [text]: text } } });
    const authorizer = compile(set, { path: "generated" });
    assert.deepEqual(authorizer.isAuthorized(request, withText).reason, [text]);
    assert.equal(authorizer.path, "generated");
  }
});

test("JSON as source is that JSON, with members of any name and big integers", () => {
  const json = { __proto__x: 1, ["__proto__"]: { a: [true, null, "x"] }, constructor: 9007199254740993n };
  const copy = made(jsonSource(json)) as typeof json;
  assert.deepEqual(copy, json);
  assert.equal(Object.getPrototypeOf(copy), Object.prototype);
  assert.ok(Object.hasOwn(copy, "__proto__"));
});

test("left to itself, an authorizer generates code for what is asked often, and answers as before", () => {
  const set = setOf({
    p: policyOf("permit", { conditions: when(op(">", dot(principal, "level"), lit(2))) }),
  });
  const authorizer = compile(set);
  const first = authorizer.isAuthorized(request, store);
  assert.equal(authorizer.path, "closures");
  for (let count = 0; count < 1000; count++) assert.deepEqual(authorizer.isAuthorized(request, store), first);
  assert.equal(authorizer.path, "generated");
  authorizer.isAuthorized(requestOf('User::"ann"', 'Action::"write"', 'Doc::"d"'), store);
  assert.equal(authorizer.path, "closures");
});

test("only what can generate code does", () => {
  const set = setOf({ p: policyOf("permit") });
  const decideOnly = compileDecideOnly(set, { path: "generated" });
  assert.equal(decideOnly.isAuthorized(request, store).decision, "allow");
  assert.equal(decideOnly.path, "closures");
});

test("where code can't be made of text, closures decide", () => {
  const script = `
    const { CedarRecord, compile, EntityStore, EntityUid } = await import(${JSON.stringify(new URL("../index.js", import.meta.url).href)});
    const authorizer = compile(${JSON.stringify(setOf({ p: policyOf("permit") }))}, { path: "generated" });
    const uid = EntityUid.of("User", "ann");
    const request = { principal: uid, action: EntityUid.of("Action", "read"), resource: uid, context: CedarRecord.EMPTY };
    const { decision } = authorizer.isAuthorized(request, new EntityStore());
    console.log(decision, authorizer.path);`;
  const args = ["--disallow-code-generation-from-strings", "--input-type=module", "--eval", script];
  assert.equal(execFileSync(process.execPath, args, { encoding: "utf8" }), "allow closures\n");
});

test("an action that changes its groups is another situation", () => {
  const inGroup = policyOf("permit", { action: { op: "in", entity: { type: "Action", id: "reading" } } });
  for (const path of ["closures", "generated"] as const) {
    const authorizer = compile(setOf({ inGroup }), { path });
    const grouped = storeOf({ 'Action::"read"': { parents: ['Action::"reading"'] } });
    const decisions = [store, grouped, store, grouped, storeOf({})].map(
      (entities) => authorizer.isAuthorized(request, entities).decision,
    );
    assert.deepEqual(decisions, ["deny", "allow", "deny", "allow", "deny"]);
  }
});

test("requests of ever new types and actions leave an authorizer as it was", () => {
  const set = setOf({ p: policyOf("permit", { principal: { op: "is", entity_type: "User" } }) });
  const authorizer = compile(set, { path: "generated" });
  for (let count = 0; count < 3000; count++) {
    const odd = requestOf(`T${count}::"x"`, `Action::"a${count % 1500}"`, `R${count % 70}::"x"`);
    assert.equal(authorizer.isAuthorized(odd, store).decision, "deny");
  }
  assert.equal(authorizer.isAuthorized(request, store).decision, "allow");
});

test("with a cache, a policy that stayed is not compiled again, and one that changed is", () => {
  const level = (least: number) =>
    policyOf("permit", { conditions: when(op(">=", dot(principal, "level"), lit(least))) });
  const reads: string[] = [];
  const kept = level(1);
  const watched = new Proxy(kept, {
    get: (target, name) => {
      reads.push(String(name));
      return Reflect.get(target, name);
    },
  });
  const cache: CompileCache = new WeakMap();
  const decide = (set: PolicySetJson) => compile(set, { cache }).isAuthorized(request, store).reason;
  assert.deepEqual(decide(setOf({ watched, other: level(5) })), ["watched"]);
  assert.ok(reads.includes("conditions"));
  reads.length = 0;
  assert.deepEqual(decide(setOf({ other: level(3), watched })), ["other", "watched"]);
  assert.equal(reads.includes("conditions"), false);
  assert.ok(compile(setOf({ watched }), { cache }).attributeNames.has("level"));
});
