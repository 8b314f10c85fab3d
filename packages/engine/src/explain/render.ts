import type { Explanation } from "./types.js";

export interface RenderOptions {
  color?: boolean;
  all?: boolean;
}

export function renderExplanation(_explanation: Explanation, _options: RenderOptions = {}): string {
  throw new Error("not written yet");
}
