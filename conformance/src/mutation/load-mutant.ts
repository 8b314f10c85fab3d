import type { InitializeHook, LoadHook } from "node:module";

let mutant: { url: string; source: string } | undefined;

export const initialize: InitializeHook<{ url: string; source: string }> = (data) => {
  mutant = data;
};

export const load: LoadHook = (url, context, next) => {
  if (url !== mutant?.url) return next(url, context);
  return { format: "module", source: mutant.source, shortCircuit: true };
};
