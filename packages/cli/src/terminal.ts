import pc from "picocolors";

type Colors = ReturnType<typeof pc.createColors>;

/** Where a command writes: results to `out`, everything else (errors, notes, progress) to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Shows how far something is, in one line that the next call replaces; only where somebody watches. */
  progress(text: string | null): void;
  /** Resolves once the reader has caught up, so that endless output never piles up in memory. */
  drained(): Promise<void>;
  readonly color: Colors;
  readonly errorColor: Colors;
  /** Width in columns, or undefined where output is not a terminal and nothing should be cut. */
  readonly width: number | undefined;
}

/**
 * Colour is decided per stream: `--color`/`--no-color` first, then `NO_COLOR` and `FORCE_COLOR`
 * (no-color.org, force-color.org: any non-empty value counts), then whether the stream is a terminal.
 */
export function wantsColor(
  flag: boolean | undefined,
  stream: { isTTY?: boolean },
  environment: NodeJS.ProcessEnv = process.env,
): boolean {
  if (flag !== undefined) return flag;
  if (environment.NO_COLOR) return false;
  const forced = environment.FORCE_COLOR;
  if (forced) return forced !== "0" && forced !== "false";
  return stream.isTTY === true && environment.TERM !== "dumb";
}

export function openTerminal(colorFlag: boolean | undefined): Terminal {
  const { stdout, stderr } = process;
  return {
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    progress: (text) => {
      if (stderr.isTTY) stderr.write(`\r\u001b[K${text ?? ""}`);
    },
    drained: () =>
      stdout.writableNeedDrain
        ? new Promise((resolve) => void stdout.once("drain", resolve))
        : Promise.resolve(),
    color: pc.createColors(wantsColor(colorFlag, stdout)),
    errorColor: pc.createColors(wantsColor(colorFlag, stderr)),
    width: stdout.isTTY ? stdout.columns : undefined,
  };
}

/** `cordon log | head` closes our output early; that is the reader's choice, not an error of ours. */
export function endQuietlyWhenReaderLeaves(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
      throw error;
    });
  }
}
