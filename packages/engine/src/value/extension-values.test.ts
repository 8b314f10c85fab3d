import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decimal, ipAddr, long } from "../testing-internal/arbitraries.js";
import { checkProperty } from "../testing-internal/property.js";
import { Datetime, Duration } from "./datetime.js";
import { Decimal } from "./decimal.js";
import { valuesEqual } from "./equality.js";
import { IpAddr } from "./ip-addr.js";

test("decimals hold four places in 64 bits", () => {
  const cases: [string, number | bigint][] = [
    ["1.0", 10_000],
    ["-0.5", -5000],
    ["-0.0", 0],
    ["0.0001", 1],
    ["00000000000000000000001.0", 10_000],
    ["922337203685477.5807", 9223372036854775807n],
    ["-922337203685477.5808", -9223372036854775808n],
  ];
  for (const [text, units] of cases) assert.equal(Decimal.parse(text).units, units, text);
});

test("malformed decimals fail in Cedar's words", () => {
  const cases: [string, string][] = [
    ["1", "`1` is not a well-formed decimal value"],
    [".5", "`.5` is not a well-formed decimal value"],
    ["1.", "`1.` is not a well-formed decimal value"],
    ["+1.0", "`+1.0` is not a well-formed decimal value"],
    ["1.0\n", "`1.0\n` is not a well-formed decimal value"],
    ["1.00000", "too many digits after the decimal in `1.00000`"],
    ["922337203685477.5808", "overflow when converting to decimal"],
    ["99999999999999999999.00000", "overflow when converting to decimal"],
    ["١.0", "overflow when converting to decimal"],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => Decimal.parse(text), {
      code: "extension_error",
      message: `error while evaluating \`decimal\` extension function: ${message}`,
    });
  }
});

test("addresses are read as Cedar reads them", () => {
  const cases: [string, string][] = [
    ["1.2.3.4", "1.2.3.4"],
    ["1.2.3.4/32", "1.2.3.4"],
    ["10.0.0.1/24", "10.0.0.1/24"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
    ["0001::/128", "1::"],
    ["::", "::"],
    ["::/0", "::/0"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["FFFF::a", "ffff::a"],
  ];
  for (const [text, printed] of cases) assert.equal(IpAddr.parse(text).toString(), printed);
});

test("malformed addresses fail in Cedar's words", () => {
  const prefix = (text: string) => `error parsing prefix${text}`;
  const cases: [string, string][] = [
    ["x", "invalid IP address: x"],
    ["", "invalid IP address: "],
    ["1.2.3.04", "invalid IP address: 1.2.3.04"],
    ["1.2.3.256", "invalid IP address: 1.2.3.256"],
    ["1::2::3", "invalid IP address: 1::2::3"],
    ["1:2:3:4:5:6:7:8::", "invalid IP address: 1:2:3:4:5:6:7:8::"],
    [":1::", "invalid IP address: :1::"],
    ["12345::", "invalid IP address: 12345::"],
    ["1.2.3/24", "error parsing IP address from the string `1.2.3`: invalid IP address syntax"],
    ["1.2.3.4/33", prefix(": 33 is larger than the limit 32")],
    ["::1/129", prefix(": 129 is larger than the limit 128")],
    ["::1/999", prefix(" from the string `999`: number too large to fit in target type")],
    ["1.2.3.4/01", prefix(" `01`: leading zero(s)")],
    ["1.2.3.4/+3", prefix(" `+3`: encountered non-digit")],
    ["1.2.3.4/032", prefix(": string length 3 is too large")],
    ["1.2.3.4/", prefix(" from the string ``: cannot parse integer from empty string")],
    [
      "::ffff:1.2.3.4",
      "error parsing IP address from string: We do not accept IPv4 embedded in IPv6 (e.g., ::ffff:127.0.0.1). Found: `::ffff:1.2.3.4`",
    ],
    [
      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/1288",
      "error parsing IP address from string `ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/1288`: string length is too large",
    ],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => IpAddr.parse(text), {
      message: `error while evaluating \`ipaddr\` extension function: ${message}`,
    });
  }
});

test("loopback, multicast and ranges look at the whole range", () => {
  const loopback = (text: string) => IpAddr.parse(text).isLoopback();
  const multicast = (text: string) => IpAddr.parse(text).isMulticast();
  const inRange = (a: string, b: string) => IpAddr.parse(a).isInRange(IpAddr.parse(b));
  assert.deepEqual(["127.0.0.1/8", "::1", "127.255.0.1"].map(loopback), [true, true, true]);
  assert.deepEqual(["127.0.0.1/7", "::1/127", "::ffff:7f00:1"].map(loopback), [false, false, false]);
  assert.deepEqual(["224.0.0.1", "ff00::/8"].map(multicast), [true, true]);
  assert.deepEqual(["224.0.0.1/3", "240.0.0.1", "ff00::/7"].map(multicast), [false, false, false]);
  assert.equal(inRange("10.1.2.3", "10.0.0.0/8"), true);
  assert.equal(inRange("10.0.0.0/7", "10.0.0.0/8"), false);
  assert.equal(inRange("0.0.0.0/0", "10.0.0.0/0"), true);
  assert.equal(inRange("1::", "10.0.0.0/0"), false);
  assert.equal(inRange("1::", "::/0"), true);
});

test("datetimes count milliseconds, also before 1970 and in the first century", () => {
  const cases: [string, number][] = [
    ["1970-01-01", 0],
    ["2024-02-29", 1_709_164_800_000],
    ["0000-02-29", -62_162_121_600_000],
    ["0099-12-31", -59_011_545_600_000],
    ["2024-01-01T00:00:00.123+0100", 1_704_063_600_123],
    ["2024-01-01T00:00:00-2359", 1_704_153_540_000],
    ["1969-12-31T23:59:59.999Z", -1],
  ];
  for (const [text, ms] of cases) assert.equal(Datetime.parse(text).ms, ms, text);
});

test("malformed datetimes and durations fail in Cedar's words", () => {
  const datetimes: [string, string][] = [
    ["2024-1-1", "invalid date pattern"],
    ["2024-02-30", "invalid date: 2024-02-30"],
    ["2024-13-01", "invalid date: 2024-13-01"],
    ["2024-01-01T00:00", "invalid hour/minute/second pattern"],
    ["2024-01-01\n", "invalid hour/minute/second pattern"],
    ["2024-01-01T24:00:00Z", "invalid hour/minute/second: 24:00:00"],
    ["2024-01-01T99:99:99", "invalid millisecond and/or offset pattern"],
    ["2024-01-01T00:00:00.1234Z", "invalid millisecond and/or offset pattern"],
    ["2024-01-01T00:00:00+2400", "invalid offset range: 240"],
    ["2024-01-01T00:00:00+0160", "invalid offset range: 160"],
  ];
  for (const [text, message] of datetimes) {
    assert.throws(() => Datetime.parse(text), {
      message: `error while evaluating \`datetime\` extension function: ${message}`,
    });
  }
  for (const text of ["", "-", "1D", "1s1m", "1d ", "x"]) {
    assert.throws(() => Duration.parse(text), { message: /invalid duration pattern$/ });
  }
  for (const text of ["9223372036854775808ms", "99999999999999999999d", "-106751991167d7h12m55s809ms"]) {
    assert.throws(() => Duration.parse(text), { message: /Duration overflows internal representation$/ });
  }
});

test("durations round towards zero", () => {
  assert.equal(Duration.parse("-1999ms").in("s"), -1);
  assert.equal(Duration.parse("1d2h3m4s50ms").ms, 93_784_050);
  assert.equal(Duration.parse("-9223372036854775808ms").in("ms"), -9223372036854775808n);
  assert.equal(Duration.parse("-36h").in("d"), -1);
});

test("durations print in the largest units", () => {
  for (const text of ["0ms", "14h", "-1d2h", "1d2h3m4s50ms", "-106751991167d7h12m55s808ms"]) {
    assert.equal(Duration.parse(text).toString(), text);
  }
});

test("arithmetic beyond 64 bits names both operands", () => {
  const first = new Datetime(-9223372036854775808n);
  const year2024 = Datetime.parse("2024-01-01");
  const firstText = 'datetime("1970-01-01").offset(duration("-9223372036854775808ms"))';
  const yearText = 'datetime("1970-01-01").offset(duration("1704067200000ms"))';
  assert.throws(() => year2024.offset(new Duration(9223372036854775807n)), {
    message: `error while evaluating \`offset\` extension function: overflows when adding an offset: ${yearText}+(9223372036854775807ms)`,
  });
  assert.throws(() => first.durationSince(year2024), {
    message: `error while evaluating \`durationSince\` extension function: overflows when computing the duration between ${firstText} and ${yearText}`,
  });
  assert.throws(() => first.toDate(), {
    message: `error while evaluating \`toDate\` extension function: overflows when computing the date of ${firstText}`,
  });
});

test("a date and its time make the datetime again", (t) => {
  checkProperty(
    t,
    fc.property(long, (ms) => {
      const datetime = new Datetime(ms);
      const time = datetime.toTime();
      assert.ok(time.ms >= 0 && time.ms < 86_400_000);
      if (BigInt(ms) > -9223372036854775808n + 86_400_000n) {
        assert.equal(datetime.toDate().offset(time).ms, ms);
      }
    }),
  );
});

test("what extension values print is read back", (t) => {
  checkProperty(
    t,
    fc.property(decimal, ipAddr, long, (number, address, ms) => {
      assert.equal(Decimal.parse(number.toString()).units, number.units);
      assert.ok(valuesEqual(IpAddr.parse(address.toString()), address));
      assert.equal(Duration.parse(new Duration(ms).toString()).ms, ms);
      const text = new Datetime(ms).toCalendarText();
      if (text !== undefined) assert.equal(Datetime.parse(text).ms, ms);
    }),
  );
});
