import { generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Configuration, JWK, Provider } from "oidc-provider";

const AUDIENCE = "urn:helpdesk";
const CLIENT = { id: "web", secret: "a-secret-of-the-web-client" };
const REDIRECT = "https://web.example/callback";

export interface ProviderKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export function makeKey(kid: string = randomUUID()): ProviderKey {
  return { kid, ...generateKeyPairSync("rsa", { modulusLength: 2048 }) };
}

export interface SignIn {
  /** Extra claims of the access token. */
  readonly claims?: Record<string, unknown>;
  /** Seconds for which the token holds. */
  readonly ttl?: number;
  readonly format?: "jwt" | "opaque";
  readonly audience?: string;
}

/** A real OpenID provider on this machine, whose users sign in without being asked. */
export class IdentityProvider {
  readonly audience = AUDIENCE;
  readonly client = CLIENT;
  /** Paths asked for, to count what a source fetches. */
  readonly asked: string[] = [];
  /** Runs instead of the provider while set: an outage, for instance. */
  instead: ((req: IncomingMessage, res: ServerResponse) => void) | undefined;
  readonly #server: Server;
  readonly #Provider: typeof Provider;
  #signIn: SignIn = {};
  #handle: (req: IncomingMessage, res: ServerResponse) => void = () => {};
  #keys: readonly ProviderKey[];

  private constructor(server: Server, keys: readonly ProviderKey[], made: typeof Provider) {
    this.#server = server;
    this.#Provider = made;
    this.#keys = keys;
    server.on("request", (req: IncomingMessage, res: ServerResponse) => {
      this.asked.push(new URL(req.url ?? "/", this.issuer).pathname);
      (this.instead ?? this.#handle)(req, res);
    });
    this.rotate(keys);
  }

  static async start(keys: readonly ProviderKey[] = [makeKey()]): Promise<IdentityProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { warn } = console;
    console.warn = () => {}; // the package warns of a Node.js that it only nearly supports
    const { Provider } = await import("oidc-provider");
    console.warn = warn;
    return new IdentityProvider(server, keys, Provider);
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get keys(): readonly ProviderKey[] {
    return this.#keys;
  }

  /** From now on these keys are published, and the first of them signs. */
  rotate(keys: readonly ProviderKey[]): void {
    this.#keys = keys;
    const jwks = keys.map(({ kid, privateKey }) => ({
      ...(privateKey.export({ format: "jwk" }) as JWK),
      kid,
      use: "sig",
      alg: "RS256",
    }));
    const { warn } = console;
    console.warn = () => {}; // of keeping all in memory
    const provider = new this.#Provider(this.issuer, this.#configuration(jwks));
    console.warn = warn;
    const handle = provider.callback();
    this.#handle = (req, res) => {
      if (req.url?.startsWith("/interaction/")) void signInAtOnce(provider, req, res);
      else void handle(req, res);
    };
  }

  /** An access token as a browser gets it: signed in, code exchanged. */
  async tokenFor(accountId: string, signIn: SignIn = {}): Promise<string> {
    this.#signIn = signIn;
    const resource = signIn.audience ?? AUDIENCE;
    const code = await this.#authorize(accountId, resource);
    const answer = await this.#post("/token", {
      grant_type: "authorization_code",
      code,
      redirect_uri: REDIRECT,
      resource,
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  /** RFC 7009. */
  async revoke(token: string): Promise<void> {
    await this.#post("/token/revocation", { token });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #post(path: string, form: Record<string, string>): Promise<Response> {
    const basic = Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString("base64");
    return fetch(`${this.issuer}${path}`, {
      method: "POST",
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams(form),
    });
  }

  /** Follows redirects as a browser does, up to the one with the code. */
  async #authorize(accountId: string, resource: string): Promise<string> {
    const query = new URLSearchParams({
      client_id: CLIENT.id,
      response_type: "code",
      redirect_uri: REDIRECT,
      scope: "openid",
      resource,
      login_hint: accountId,
    });
    const cookies = new Map<string, string>();
    let url = `${this.issuer}/auth?${query}`;
    for (let step = 0; step < 6; step++) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const answer = await fetch(url, { redirect: "manual", headers: { cookie } });
      await answer.arrayBuffer();
      for (const set of answer.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
        cookies.set(name, value);
      }
      url = new URL(answer.headers.get("location") ?? "", url).href;
      const code = url.startsWith(REDIRECT) ? new URL(url).searchParams.get("code") : null;
      if (code !== null) return code;
      if (url.startsWith(REDIRECT)) break;
    }
    throw new Error(`signing in ended at ${url}`);
  }

  #configuration(keys: JWK[]): Configuration {
    return {
      jwks: { keys },
      ttl: {
        Interaction: 600,
        Grant: 600,
        Session: 600,
        AuthorizationCode: 60,
        IdToken: 600,
        AccessToken: (_, { resourceServer }) => resourceServer?.accessTokenTTL ?? 600,
      },
      cookies: { keys: ["a-secret-for-cookies"] },
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          redirect_uris: [REDIRECT],
          response_types: ["code"],
          grant_types: ["authorization_code"],
        },
      ],
      // Whoever is signed in has consented.
      loadExistingGrant: async ({ oidc }) => {
        const { provider, client, session, params } = oidc;
        const grant = new provider.Grant({
          ...(client === undefined ? {} : { clientId: client.clientId }),
          ...(session?.accountId === undefined ? {} : { accountId: session.accountId }),
        });
        grant.addOIDCScope("openid");
        grant.addResourceScope(String(params?.resource), "");
        await grant.save();
        return grant;
      },
      pkce: { required: () => false },
      findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
      extraTokenClaims: () => this.#signIn.claims,
      features: {
        devInteractions: { enabled: false },
        introspection: { enabled: true },
        revocation: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_, audience) => ({
            audience,
            scope: "",
            accessTokenFormat: this.#signIn.format ?? "jwt",
            accessTokenTTL: this.#signIn.ttl ?? 600,
          }),
        },
      },
      interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    };
  }
}

/** Signs in whoever the client says it is. */
async function signInAtOnce(provider: Provider, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { params } = await provider.interactionDetails(req, res);
  await provider.interactionFinished(req, res, { login: { accountId: String(params.login_hint) } });
}
