/** Annotations that mean something to this product; any others are the project's own affair. */
export const KNOWN_ANNOTATIONS = ["id", "reason", "obligation", "lint_allow"] as const;
