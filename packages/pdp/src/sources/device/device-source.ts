import type { Credentials } from "@cordon/engine";
import { fingerprintOf } from "../certificate.js";
import type {
  ContextRequest,
  ContextSource,
  Contribution,
  EntityAnswer,
  SourceEnvironment,
} from "../context-source.js";
import type { SourceOptions } from "../source-options.js";
import type { Posture } from "./posture.js";
import type { DeviceSettings } from "./settings.js";

export interface DeviceSourceParts {
  readonly name: string;
  readonly settings: DeviceSettings;
  readonly posture: Posture;
  readonly options: SourceOptions;
  readonly ask: NonNullable<SourceEnvironment["ask"]>;
}

/** On what device a request comes, as another source knows it. A device that nobody knows is never managed. */
export class DeviceSource implements ContextSource {
  readonly kind = "device";
  readonly name: string;
  readonly members: ReadonlySet<string>;
  readonly vouchesFor: ContextSource["vouchesFor"] = new Map();
  readonly options: SourceOptions;
  readonly #parts: DeviceSourceParts;

  constructor(parts: DeviceSourceParts) {
    this.name = parts.name;
    this.options = parts.options;
    this.members = new Set([parts.settings.member]);
    this.#parts = parts;
  }

  contribute(request: ContextRequest, signal: AbortSignal): Contribution | Promise<Contribution> {
    const { settings, posture, ask } = this.#parts;
    if (!request.needed.has(settings.member)) return { members: new Map() };
    const id = this.#idOf(request.credentials);
    if (id === undefined) return this.#told(null, request);
    const { type } = settings;
    const question = { type, id, attributes: posture.attributes, maxAgeMs: request.maxAgeMs };
    const answer = ask(question, signal);
    return answer instanceof Promise
      ? answer.then((known) => this.#told(known, request))
      : this.#told(answer, request);
  }

  async close(): Promise<void> {}

  #idOf({ deviceId, clientCertificate }: Credentials): string | undefined {
    if (this.#parts.settings.by === "deviceId") return deviceId;
    return clientCertificate === undefined ? undefined : fingerprintOf(clientCertificate);
  }

  #told(known: EntityAnswer | null, { action, now, credentials }: ContextRequest): Contribution {
    const { settings, posture } = this.#parts;
    const isKnown = known !== null && this.#isProven(known, credentials);
    const device = isKnown ? posture.known(known.attrs, now) : posture.unknown(action.toString());
    return {
      members: new Map(device === undefined ? [] : [[settings.member, device]]),
      ...(known === null ? {} : { obtainedAt: known.obtainedAt, stale: known.stale }),
    };
  }

  /** Whether the device that was named is the one that is there: anybody can name one. */
  #isProven({ attrs }: EntityAnswer, { clientCertificate }: Credentials): boolean {
    const { certificate } = this.#parts.settings;
    if (certificate === undefined) return true;
    const expected = attrs.get(certificate);
    if (typeof expected !== "string" || clientCertificate === undefined) return false;
    const shown = fingerprintOf(clientCertificate);
    return shown !== undefined && shown === fingerprintOf(expected);
  }
}
