import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  /** Nothing comes through it any more, and neither side is told. */
  isLost: boolean;
}

/** A network between a client and a server on this machine, which can be cut, slowed and mended. */
export class Network {
  #server: Server | undefined;
  readonly #pairs = new Set<Pair>();
  #isCut = false;
  #delayMs = 0;
  #port = 0;

  private constructor(
    private readonly targetPort: number,
    private readonly host: string,
  ) {}

  static async start(targetPort: number, host = "127.0.0.1"): Promise<Network> {
    const network = new Network(targetPort, host);
    await network.#listen();
    return network;
  }

  get port(): number {
    return this.#port;
  }

  /** As where a cable is pulled: everything that is open goes silent for ever, and new connections get no answer. */
  cut(): void {
    this.#isCut = true;
    for (const pair of this.#pairs) pair.isLost = true;
  }

  mend(): void {
    this.#isCut = false;
    this.#delayMs = 0;
  }

  /** Each way takes so much longer. */
  slow(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  /** Resets all connections; new ones are welcome. */
  reset(): void {
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  async close(): Promise<void> {
    const server = this.#server;
    const closed = new Promise((resolve) => server?.close(resolve));
    this.reset();
    await closed;
  }

  async #listen(): Promise<void> {
    const server = createServer((near) => this.#connected(near));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, this.host, resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  #connected(near: Socket): void {
    const far = dial(this.targetPort, "127.0.0.1");
    const pair: Pair = { near, far, isLost: this.#isCut };
    this.#pairs.add(pair);
    const end = (): void => {
      this.#pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    this.#carry(pair, near, far, end);
    this.#carry(pair, far, near, end);
  }

  #carry(pair: Pair, from: Socket, to: Socket, end: () => void): void {
    // What was sent earlier arrives earlier, also where the network has become faster since.
    let earlier: Promise<void> | undefined;
    from.setNoDelay(true);
    from.on("error", end);
    // A lost connection ends where it is given up, and only there.
    from.on("close", () => (pair.isLost && from === pair.far ? undefined : end()));
    from.on("data", (chunk) => {
      const write = (): void => {
        if (!pair.isLost && to.writable) to.write(chunk);
      };
      if (this.#delayMs === 0 && earlier === undefined) return write();
      const due = performance.now() + this.#delayMs;
      const mine: Promise<void> = (earlier ?? Promise.resolve())
        .then(() => sleep(Math.max(0, due - performance.now())))
        .then(() => {
          write();
          if (earlier === mine) earlier = undefined;
        });
      earlier = mine;
    });
  }
}
