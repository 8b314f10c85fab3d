import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";

type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>["privateKey"];

export interface SignIn {
  /** A member of staff, or the address of a contact at a customer. */
  as: string;
  kind?: "staff" | "customer";
  /** With a second factor. */
  mfa?: boolean;
  /** The agent that acts for that person. */
  agent?: string;
}

/**
 * Stands for your identity provider: signs tokens for whomever one names, where a real one would ask for a password
 * or a passkey. The rest is as it is with any: it publishes its keys, and the decision server finds them by discovery.
 */
export class Issuer {
  readonly #server;
  readonly #publicKey: JWK;
  readonly #privateKey: PrivateKey;
  readonly #startSession: (person: string) => Promise<string>;

  private constructor(
    keys: { publicKey: JWK; privateKey: PrivateKey },
    startSession: (person: string) => Promise<string>,
  ) {
    this.#publicKey = keys.publicKey;
    this.#privateKey = keys.privateKey;
    this.#startSession = startSession;
    this.#server = createServer((req, res) => {
      this.#handle(req, res).catch((error: unknown) => send(res, 500, { error: String(error) }));
    });
  }

  /** @param startSession writes down that somebody signed in, and returns the id of the session */
  static async start(port: number, startSession: (person: string) => Promise<string>): Promise<Issuer> {
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    const jwk = { ...(await exportJWK(publicKey)), kid: "helpdesk-1", alg: "ES256", use: "sig" };
    const issuer = new Issuer({ publicKey: jwk, privateKey }, startSession);
    await new Promise<void>((resolve, reject) => {
      issuer.#server.once("error", reject).listen(port, "127.0.0.1", resolve);
    });
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A token of a new session, which names that session in its claim `sid`. */
  async signIn({ as, kind = "staff", mfa = false, agent }: SignIn): Promise<string> {
    const sid = await this.#startSession(as);
    return new SignJWT({ kind, mfa, sid, ...(agent === undefined ? {} : { act: { sub: agent } }) })
      .setProtectedHeader({ alg: "ES256", kid: "helpdesk-1" })
      .setIssuer(this.url)
      .setAudience("helpdesk")
      .setSubject(as)
      .setIssuedAt()
      .setExpirationTime("8h")
      .sign(this.#privateKey);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = `${req.method} ${req.url}`;
    if (path === "GET /.well-known/openid-configuration") {
      return send(res, 200, { issuer: this.url, jwks_uri: `${this.url}/jwks` });
    }
    if (path === "GET /jwks") return send(res, 200, { keys: [this.#publicKey] });
    if (path !== "POST /sign-in") return send(res, 404, { error: "POST /sign-in with as=NAME" });
    const form = new URLSearchParams(await text(req));
    const [as, agent] = [form.get("as"), form.get("agent")];
    if (!as) return send(res, 400, { error: "say who signs in: as=NAME" });
    const kind = form.has("customer") ? "customer" : "staff";
    const token = await this.signIn({ as, kind, mfa: form.has("mfa"), ...(agent === null ? {} : { agent }) });
    res.writeHead(200, { "content-type": "text/plain" }).end(token);
  }
}

async function text(req: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of req.setEncoding("utf8")) {
    body += chunk;
    if (body.length > 4_096) throw new Error("too long");
  }
  return body;
}

function send(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
