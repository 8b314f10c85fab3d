import type { DecisionRequest } from "@cordon/engine";
import type { Findings } from "./find.js";

/** Who may do something to a resource, by the type of the principals. */
export interface WhoCan {
  readonly request: Omit<DecisionRequest, "principal">;
  readonly types: readonly ({ readonly type: string } & Findings)[];
}

/** What a principal may do with one type of resources by one action, or why that can't be said. */
export type ActionAnswer = { readonly type: string; readonly action: string } & (
  | Findings
  | { readonly unanswered: string; readonly help: string }
);

export interface WhatCan {
  readonly principal: DecisionRequest["principal"];
  readonly answers: readonly ActionAnswer[];
}
