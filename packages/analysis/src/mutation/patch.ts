const CONTEXT = 2;

/** The change of one file as a patch that `git apply` takes, with two lines around it. */
export function unifiedPatch(file: string, before: string, after: string): string {
  const [old, now] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let same = 0;
  const most = Math.min(old.length, now.length) - start;
  while (same < most && old[old.length - 1 - same] === now[now.length - 1 - same]) same++;
  const from = Math.max(0, start - CONTEXT);
  const removed = old.slice(start, old.length - same);
  const added = now.slice(start, now.length - same);
  // A file's last line break makes an empty line to `split`, which is no line of the file.
  const end = before.endsWith("\n") ? old.length - 1 : old.length;
  const trailing = old.slice(old.length - same, Math.min(end, old.length - same + CONTEXT));
  const leading = old.slice(from, start);
  const lines = [
    ...leading.map((line) => ` ${line}`),
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    ...trailing.map((line) => ` ${line}`),
  ];
  const around = leading.length + trailing.length;
  const header = `@@ -${from + 1},${around + removed.length} +${from + 1},${around + added.length} @@`;
  return [`--- a/${file}`, `+++ b/${file}`, header, ...lines].join("\n");
}
