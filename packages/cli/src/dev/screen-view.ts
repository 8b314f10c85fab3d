import type { Terminal } from "../terminal.js";
import { drawPage, drawScreen, type Page } from "./screen.js";
import type { DevState } from "./state.js";

export interface ScreenOutput {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on(event: "resize", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
}

const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";

/** Keeps a terminal's screen at what is known now. What stood on it before is there again afterwards. */
export class ScreenView {
  readonly #output: ScreenOutput;
  readonly #color: Terminal["color"];
  readonly #redraw = () => this.#draw();
  #state: DevState | null = null;
  #page: Page | null = null;

  constructor(output: ScreenOutput, color: Terminal["color"]) {
    this.#output = output;
    this.#color = color;
    output.write(ENTER);
    output.on("resize", this.#redraw);
  }

  show(state: DevState): void {
    this.#state = state;
    this.#draw();
  }

  /** Whether a page lies over the screen. */
  get hasPage(): boolean {
    return this.#page !== null;
  }

  showPage(page: Page | null): void {
    this.#page = page;
    this.#draw();
  }

  close(): void {
    this.#output.off("resize", this.#redraw);
    this.#output.write(LEAVE);
  }

  #draw(): void {
    if (this.#state === null) return;
    // Terminals that don't know their size say 0.
    const size = { width: this.#output.columns || 80, height: this.#output.rows || 24 };
    const text =
      this.#page === null
        ? drawScreen(this.#state, size, this.#color)
        : drawPage(this.#page, size, this.#color);
    // Line by line over what stands there: a cleared screen would flicker.
    const lines = text.split("\n").map((line) => `${line}${CLEAR_LINE}`);
    this.#output.write(`${HOME}${lines.join("\r\n")}${CLEAR_BELOW}`);
  }
}
