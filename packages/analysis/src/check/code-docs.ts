/** Where a code of a diagnostic is explained: each lint and each other code has its heading or row there. */
export function docsOf(code: string): string {
  return `docs/lints.md#${code}`;
}
