import type { CommandInput } from "../command-run.js";
import { listenToKeys } from "../dev/keys.js";
import { PlainView } from "../dev/plain.js";
import { ScreenView } from "../dev/screen-view.js";
import { DevSession } from "../dev/session.js";
import { exitCode } from "../failure.js";
import { findProject } from "../project/folder.js";
import { checkServeOptions, type ServeOptions } from "../serve/options.js";
import type { Terminal } from "../terminal.js";

interface DevOptions extends Omit<ServeOptions, "watch" | "logLevel" | "pretty"> {
  plain?: boolean;
}

/** Runs until told to end, by a key or a signal. */
export async function dev({ options: typed, terminal }: CommandInput<DevOptions>): Promise<number> {
  const options: ServeOptions = { ...typed, watch: true, logLevel: "warn" };
  checkServeOptions(options);
  const folder = findProject(options.project);
  const isWatched = process.stdout.isTTY === true && process.stdin.isTTY === true;
  if (typed.plain === true || !isWatched) {
    const view = new PlainView(terminal);
    await untilEnded(new DevSession(folder, options, (state) => view.show(state)));
  } else await onScreen(folder, options, terminal);
  return exitCode.ok;
}

async function onScreen(folder: string, options: ServeOptions, { color }: Terminal): Promise<void> {
  const view = new ScreenView(process.stdout, color);
  const session = new DevSession(folder, options, (state) => view.show(state));
  const colored = color.isColorSupported;
  const stop = listenToKeys(process.stdin, {
    quit: () => session.end(),
    clear: () => session.clearDecisions(),
    why: async () => {
      const page = await session.whyLastDeny(colored).catch((error: Error) => ({
        title: "that deny can't be explained",
        text: error.message,
      }));
      view.showPage(page ?? { title: "nothing was denied yet", text: "" });
    },
    problems: () => view.showPage(session.problems(colored)),
    again: () => void session.check(),
    leavePage: () => {
      if (!view.hasPage) return false;
      view.showPage(null);
      return true;
    },
  });
  try {
    await untilEnded(session);
  } finally {
    stop();
    view.close();
  }
}

async function untilEnded(session: DevSession): Promise<void> {
  const end = () => session.end();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
  await session.run();
}
