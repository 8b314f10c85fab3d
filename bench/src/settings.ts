export interface Settings {
  /** A short run that shows that everything works; its figures mean little. */
  readonly quick: boolean;
  /** Pictures are written along with the figures. */
  readonly write: boolean;
}
