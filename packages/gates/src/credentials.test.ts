import assert from "node:assert/strict";
import { IncomingMessage, type IncomingMessage as Req } from "node:http";
import { Socket } from "node:net";
import { test } from "node:test";
import type { Credentials } from "@cordon/engine";
import { type CredentialOptions, credentialsOf } from "./credentials.js";

function requestWith(headers: Record<string, string>, socket: object = {}): Req {
  const req = new IncomingMessage(Object.assign(new Socket(), socket));
  Object.assign(req.headers, headers);
  return req;
}

const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

const CASES: {
  name: string;
  options: CredentialOptions;
  headers?: Record<string, string>;
  expected: Credentials;
}[] = [
  { name: "nothing asked for", options: {}, headers: { authorization: "Bearer a.b.c" }, expected: {} },
  {
    name: "a bearer token",
    options: { token: true },
    headers: { authorization: "bearer  a.b.c" },
    expected: { token: "a.b.c" },
  },
  {
    name: "another scheme is no token",
    options: { token: true },
    headers: { authorization: "Basic YTpi" },
    expected: {},
  },
  {
    name: "a token with a gap is no token",
    options: { token: true },
    headers: { authorization: "Bearer a b" },
    expected: {},
  },
  {
    name: "a token from elsewhere",
    options: { token: (req) => /session=(\S+)/.exec(req.headers.cookie ?? "")?.[1] },
    headers: { cookie: "session=a.b.c" },
    expected: { token: "a.b.c" },
  },
  {
    name: "the header of proxies without being asked for addresses",
    options: { token: true },
    headers: { "x-forwarded-for": "192.0.2.1" },
    expected: {},
  },
  {
    name: "the header of proxies, unread",
    options: { address: true },
    headers: { "x-forwarded-for": "garbage, 192.0.2.1" },
    expected: { forwardedFor: "garbage, 192.0.2.1" },
  },
  {
    name: "a device's header, whatever its case",
    options: { deviceId: "X-Device-Id" },
    headers: { "x-device-id": "laptop-7" },
    expected: { deviceId: "laptop-7" },
  },
  {
    name: "a certificate that a proxy passed on",
    options: { clientCertificate: "x-client-cert" },
    headers: { "x-client-cert": encodeURIComponent(PEM) },
    expected: { clientCertificate: PEM },
  },
  {
    name: "a header that only looks escaped",
    options: { clientCertificate: "x-client-cert" },
    headers: { "x-client-cert": "100%" },
    expected: { clientCertificate: "100%" },
  },
  {
    name: "a certificate without TLS",
    options: { clientCertificate: true },
    expected: {},
  },
];

for (const { name, options, headers = {}, expected } of CASES) {
  test(name, () => assert.deepEqual(credentialsOf(options, requestWith(headers)), expected));
}

test("a certificate of the connection counts only where the server verified it", () => {
  const tls = (authorized: boolean) => ({
    authorized,
    getPeerX509Certificate: () => ({ toString: () => PEM }),
  });
  const options = { clientCertificate: true };
  assert.deepEqual(credentialsOf(options, requestWith({}, tls(true))), { clientCertificate: PEM });
  assert.deepEqual(credentialsOf(options, requestWith({}, tls(false))), {});
});

test("without options there are no credentials at all", () => {
  assert.equal(credentialsOf(undefined, requestWith({ authorization: "Bearer a.b.c" })), undefined);
});
