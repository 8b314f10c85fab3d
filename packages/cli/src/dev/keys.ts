/** What a session can be told by a key. */
export interface KeyActions {
  readonly quit: () => void;
  readonly clear: () => void;
  readonly why: () => void;
  readonly problems: () => void;
  readonly again: () => void;
  /** Any key, while a page lies over the screen; true where it was for that. */
  readonly leavePage: () => boolean;
}

export interface KeyInput {
  setRawMode?(on: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  on(event: "data", listener: (keys: Buffer) => void): unknown;
  off(event: "data", listener: (keys: Buffer) => void): unknown;
}

const INTERRUPT = "\u0003";
const END_OF_INPUT = "\u0004";

/** Reads single keys; returns how to stop, which leaves the terminal as it was. */
export function listenToKeys(input: KeyInput, actions: KeyActions): () => void {
  const pressed = (keys: Buffer) => {
    for (const key of keys.toString("utf8")) {
      // In raw mode the terminal sends no signal.
      if (key === INTERRUPT || key === END_OF_INPUT) actions.quit();
      else if (!actions.leavePage()) act(key, actions);
    }
  };
  input.setRawMode?.(true);
  input.resume();
  input.on("data", pressed);
  return () => {
    input.off("data", pressed);
    input.setRawMode?.(false);
    input.pause();
  };
}

const BY_KEY = { q: "quit", c: "clear", w: "why", p: "problems", r: "again" } as const;

function act(key: string, actions: KeyActions): void {
  const name = key.toLowerCase();
  if (Object.hasOwn(BY_KEY, name)) actions[BY_KEY[name as keyof typeof BY_KEY]]();
}
