import assert from "node:assert/strict";
import { test } from "node:test";
import { hostName, isLoopback } from "./host.js";
import { traceIdOf } from "./trace-parent.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

test("the trace id of a valid traceparent, of this version and later ones", () => {
  assert.equal(traceIdOf(`00-${TRACE}-${PARENT}-01`), TRACE);
  assert.equal(traceIdOf(`01-${TRACE}-${PARENT}-01`), TRACE);
  assert.equal(traceIdOf(`01-${TRACE}-${PARENT}-01-more`), TRACE);
});

test("an invalid traceparent counts as absent", () => {
  const invalid = [
    undefined,
    "",
    "junk",
    `00-${TRACE}-${PARENT}`,
    `00-${TRACE}-${PARENT}-01-more`,
    `01-${TRACE}-${PARENT}-01more`,
    `ff-${TRACE}-${PARENT}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${"0".repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`,
  ];
  for (const header of invalid) assert.equal(traceIdOf(header), undefined, header);
});

test("loopback is what other machines can't reach", () => {
  for (const host of ["127.0.0.1", "127.8.9.10", "localhost", "LOCALHOST", "app.localhost", "::1", "[::1]"]) {
    assert.equal(isLoopback(host), true, host);
  }
  for (const host of [
    "0.0.0.0",
    "::",
    "10.0.0.1",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "1270.0.0.1",
    "",
  ]) {
    assert.equal(isLoopback(host), false, host);
  }
});

test("a host header without its port", () => {
  assert.equal(hostName("localhost:80"), "localhost");
  assert.equal(hostName("[::1]:8180"), "[::1]");
  assert.equal(hostName("pdp.example.com"), "pdp.example.com");
  for (const header of [undefined, "", "a b", "a/b", "user@host", "::1", "host:port", "host:123456"]) {
    assert.equal(hostName(header), undefined, header);
  }
});
