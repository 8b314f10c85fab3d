import type { Readable, Writable } from "node:stream";
import { DEFAULT_TEMPLATE, TEMPLATES } from "./template-list.js";

/** What is known from the command line; the rest is asked. */
export interface Known {
  readonly directory: string | undefined;
  readonly template: string | undefined;
  /** Undefined where it is to be asked; null where the question doesn't arise. */
  readonly git: boolean | undefined;
}

export interface Answers {
  readonly directory: string;
  readonly template: string;
  readonly git: boolean;
}

export interface Streams {
  readonly input: Readable;
  readonly output: Writable;
}

/** Asks what isn't known; null where the person gave up. */
export async function askFor(
  known: Known,
  needsGit: (directory: string) => boolean,
  streams: Streams,
): Promise<Answers | null> {
  const { cancel, confirm, intro, isCancel, select, text } = await import("@clack/prompts");
  const giveUp = () => {
    cancel("nothing was written", streams);
    return null;
  };
  const width = Math.max(...TEMPLATES.map(({ name }) => name.length));
  intro("a new policy project", streams);
  const directory =
    known.directory ??
    (await text({ message: "Where?", placeholder: "policies", defaultValue: "policies", ...streams }));
  if (isCancel(directory)) return giveUp();
  const template =
    known.template ??
    (await select({
      message: "Which rules to start from?",
      initialValue: DEFAULT_TEMPLATE,
      options: TEMPLATES.map(({ name, summary }) => ({
        value: name,
        label: `${name.padEnd(width)}  ${summary}`,
      })),
      ...streams,
    }));
  if (isCancel(template)) return giveUp();
  if (known.git !== undefined || !needsGit(directory))
    return { directory, template, git: known.git === true };
  const git = await confirm({ message: "Make it a git repository?", initialValue: true, ...streams });
  return isCancel(git) ? giveUp() : { directory, template, git };
}
