import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseAddress } from "./address.js";
import { ClientAddresses, ProxyRangeError } from "./client-address.js";

describe("an address", () => {
  const CASES: [text: string, address: string | undefined][] = [
    ["192.0.2.1", "192.0.2.1"],
    [" 192.0.2.1\t", "192.0.2.1"],
    ["192.0.2.1:4711", "192.0.2.1"],
    ["[2001:db8::1]:443", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["2001:DB8:0:0::1", "2001:db8::1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::ffff:c000:201", "192.0.2.1"],
    ["0:0:0:0:0:FFFF:192.0.2.1", "192.0.2.1"],
    ["[::ffff:192.0.2.1]:80", "192.0.2.1"],
    ["::ffff:0.0.0.0", "0.0.0.0"],
    ["::ffff:255.255.255.255", "255.255.255.255"],
    ["64:ff9b::192.0.2.1", "64:ff9b::c000:201"],
    ["", undefined],
    ["unknown", undefined],
    ["_hidden", undefined],
    ["192.0.2", undefined],
    ["192.0.2.256", undefined],
    ["192.0.02.1", undefined],
    ["0xc0.0.2.1", undefined],
    ["3221225985", undefined],
    ["192.0.2.1/24", undefined],
    ["192.0.2.1 192.0.2.2", undefined],
    ["192.0.2.1:port", undefined],
    ["[192.0.2.1", undefined],
    ["fe80::1%eth0", undefined],
    ["2001:db8::1:::", undefined],
    ["192.0.2.1\u0000", undefined],
    ["\uff11\uff19\uff12.0.2.1", undefined],
  ];
  for (const [text, address] of CASES) {
    test(JSON.stringify(text), () => assert.equal(parseAddress(text)?.text, address));
  }
});

describe("the client's address", () => {
  const CASES: {
    name: string;
    trusted?: string[];
    peer?: string | undefined;
    forwarded?: string;
    found: string | undefined;
  }[] = [
    { name: "no proxy is trusted without being named", forwarded: "203.0.113.9", found: "10.0.0.1" },
    {
      name: "a trusted proxy's word counts",
      trusted: ["10.0.0.0/8"],
      forwarded: "203.0.113.9",
      found: "203.0.113.9",
    },
    {
      name: "what the client wrote itself does not",
      trusted: ["10.0.0.0/8"],
      forwarded: "198.51.100.1, 203.0.113.9",
      found: "203.0.113.9",
    },
    {
      name: "nor what it wrote to look like a proxy",
      trusted: ["10.0.0.0/8"],
      forwarded: "198.51.100.1, 10.0.0.7, 203.0.113.9",
      found: "203.0.113.9",
    },
    {
      name: "several proxies",
      trusted: ["private"],
      forwarded: "203.0.113.9, 192.168.1.1,10.2.3.4",
      found: "203.0.113.9",
    },
    {
      name: "a proxy beyond the trusted ones is the client",
      trusted: ["10.0.0.1"],
      forwarded: "203.0.113.9, 10.0.0.2",
      found: "10.0.0.2",
    },
    {
      name: "nobody but proxies: the farthest",
      trusted: ["private"],
      forwarded: "10.0.0.3, 10.0.0.2",
      found: "10.0.0.3",
    },
    { name: "no header", trusted: ["private"], found: "10.0.0.1" },
    { name: "an empty header is no address", trusted: ["private"], forwarded: "", found: undefined },
    {
      name: "garbage next to a trusted proxy is no address, and not the proxy's",
      trusted: ["private"],
      forwarded: "203.0.113.9, unknown",
      found: undefined,
    },
    {
      name: "garbage beyond the client does not matter",
      trusted: ["private"],
      forwarded: "unknown, 203.0.113.9",
      found: "203.0.113.9",
    },
    { name: "an empty hop is garbage", trusted: ["private"], forwarded: "203.0.113.9,", found: undefined },
    {
      name: "a trusted proxy in the clothes of IPv6",
      trusted: ["10.0.0.0/8"],
      peer: "::ffff:10.0.0.1",
      forwarded: "203.0.113.9",
      found: "203.0.113.9",
    },
    {
      name: "a range in the clothes of IPv6",
      trusted: ["::ffff:10.0.0.1"],
      forwarded: "203.0.113.9",
      found: "203.0.113.9",
    },
    {
      name: "IPv6 all the way",
      trusted: ["2001:db8:1::/48"],
      peer: "2001:db8:1::7",
      forwarded: "[2001:db8:2::9]:443",
      found: "2001:db8:2::9",
    },
    {
      name: "a header without a connection proves nothing",
      trusted: ["private"],
      peer: undefined,
      forwarded: "203.0.113.9",
      found: undefined,
    },
    { name: "a connection from nowhere", peer: "garbage", forwarded: "203.0.113.9", found: undefined },
    {
      name: "everybody is trusted",
      trusted: ["0.0.0.0/0"],
      forwarded: "203.0.113.9, 198.51.100.1",
      found: "203.0.113.9",
    },
    {
      name: "more hops than are honest",
      trusted: ["private"],
      forwarded: "10.0.0.2,".repeat(100),
      found: undefined,
    },
    {
      name: "loopback",
      trusted: ["loopback"],
      peer: "::1",
      forwarded: "203.0.113.9, 127.0.0.1",
      found: "203.0.113.9",
    },
  ];
  for (const { name, trusted = [], forwarded, found, ...rest } of CASES) {
    test(name, () => {
      const peer = "peer" in rest ? rest.peer : "10.0.0.1";
      assert.equal(new ClientAddresses(trusted).find(peer, forwarded)?.text, found);
    });
  }

  test("nothing a client writes into the header changes it", () => {
    const addresses = new ClientAddresses(["10.0.0.0/8"]);
    const seed = Number(process.env.CORDON_SEED ?? Date.now());
    const written = fc.oneof(
      fc.string(),
      fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant("10.0.0.5"))).map((hops) => hops.join(", ")),
    );
    fc.assert(
      fc.property(written, (text) => {
        const forwarded = `${text}, 203.0.113.9, 10.0.0.2`;
        assert.equal(addresses.find("10.0.0.1", forwarded)?.text, "203.0.113.9");
      }),
      { seed },
    );
  });

  test("a range that is none is refused", () => {
    for (const range of ["10.0.0.0/33", "10.0.0/8", "proxy.example", "", "::/129", "10.0.0.0/8/8"]) {
      assert.throws(() => new ClientAddresses([range]), ProxyRangeError, range);
    }
  });
});
