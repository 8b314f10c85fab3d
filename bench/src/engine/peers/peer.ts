import type { Contender } from "../../measure/rounds.js";

/** A peer with another language: only its decisions can be compared. */
export interface Peer extends Contender {
  allows(index: number): boolean;
}
