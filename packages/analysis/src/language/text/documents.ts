import { TextPositions, type Token } from "@cordon/cedar";
import { liveTokens } from "./tokens.js";

/** One file of an open project, as it is in the editor or on disk. */
export class Document {
  readonly path: string;
  readonly text: string;
  #tokens: readonly Token[] | undefined;
  #positions: TextPositions | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  /** Of a Cedar text. */
  get tokens(): readonly Token[] {
    this.#tokens ??= liveTokens(this.text);
    return this.#tokens;
  }

  get positions(): TextPositions {
    this.#positions ??= new TextPositions(this.text);
    return this.#positions;
  }
}

/** A place in a file; offsets in UTF-16 units. */
export interface Place {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}
