import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Credentials } from "@cordon/engine";

/** Which of a request's credentials go to the decision point, as they came. Without any, none go. */
export interface CredentialOptions<Req extends IncomingMessage = IncomingMessage> {
  /** The bearer token of `Authorization`; a function where it comes in another way, such as in a cookie. */
  token?: boolean | ((req: Req) => string | undefined);
  /**
   * Where the request comes from: the address at the other end of the connection, and the header
   * `X-Forwarded-For`. The decision point's rules for proxies say how far the header is believed.
   */
  address?: boolean;
  /** The header that carries the device's id, or a function. */
  deviceId?: string | ((req: Req) => string | undefined);
  /**
   * The certificate of the TLS connection (`true`), or where a proxy ends TLS, the header in which it passes
   * the certificate on. The proxy must overwrite that header.
   */
  clientCertificate?: boolean | string;
}

const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

/**
 * What the gate passes on, for questions that a handler asks besides. Undefined where nothing is to be passed on.
 */
export function credentialsOf<Req extends IncomingMessage>(
  options: CredentialOptions<Req> | undefined,
  req: Req,
): Credentials | undefined {
  if (options === undefined) return undefined;
  const credentials: Credentials = {};
  set(credentials, "token", tokenOf(options.token, req));
  if (options.address) {
    set(credentials, "ip", req.socket.remoteAddress);
    set(credentials, "forwardedFor", headerOf(req, "x-forwarded-for"));
  }
  set(credentials, "deviceId", textOf(options.deviceId, req));
  set(credentials, "clientCertificate", certificateOf(options.clientCertificate, req));
  return credentials;
}

function set(credentials: Credentials, name: keyof Credentials, value: string | undefined): void {
  if (value !== undefined && value !== "") credentials[name] = value;
}

function tokenOf<Req extends IncomingMessage>(
  option: CredentialOptions<Req>["token"],
  req: Req,
): string | undefined {
  if (typeof option === "function") return option(req);
  return option ? BEARER.exec(req.headers.authorization ?? "")?.[1] : undefined;
}

function textOf<Req extends IncomingMessage>(
  option: CredentialOptions<Req>["deviceId"],
  req: Req,
): string | undefined {
  if (typeof option === "function") return option(req);
  return option === undefined ? undefined : headerOf(req, option);
}

/** A header that a request has several times is joined, as RFC 9110, section 5.3, reads it. */
function headerOf(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** Proxies percent-encode the PEM, which a header couldn't hold otherwise. */
function certificateOf(option: boolean | string | undefined, req: IncomingMessage): string | undefined {
  if (typeof option === "string") return decoded(headerOf(req, option));
  if (!option || !isTls(req.socket)) return undefined;
  // A certificate that the server did not verify is anybody's to make up.
  if (!req.socket.authorized) return undefined;
  return req.socket.getPeerX509Certificate()?.toString();
}

function isTls(socket: IncomingMessage["socket"]): socket is TLSSocket {
  return "getPeerX509Certificate" in socket;
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined || !text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
