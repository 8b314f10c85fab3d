// node --expose-gc heap-child.js DECISIONS: makes so many on each path and prints what the heap holds before and after.
import { gdrive } from "./apps/gdrive.js";
import { PATHS } from "./paths.js";
import { forEachQuestion, questionsOf } from "./questions.js";

const decisions = Number(process.argv[2]);
const collect = globalThis.gc;
if (collect === undefined || !Number.isSafeInteger(decisions))
  throw new Error("--expose-gc and a number, please");

const questions = questionsOf(gdrive, 50, 2);
const rows = PATHS.map((path) => {
  const authorizers = new Map(questions.worlds.map(({ bundle }) => [bundle, path.compile(bundle)]));
  const asked = forEachQuestion(questions, (world, at) => ({
    authorizer: authorizers.get(world.bundle),
    request: world.requests[at],
    store: world.store,
  }));
  const ask = (count: number) => {
    let allowed = 0;
    for (let index = 0; index < count; index++) {
      const { authorizer, request, store } = asked[index % asked.length] as (typeof asked)[number];
      if (authorizer === undefined || request === undefined) throw new Error("an unprepared world");
      if (authorizer.isAuthorized(request, store).decision === "allow") allowed++;
    }
    return allowed;
  };
  // What is compiled and cached on first use belongs to the start.
  ask(Math.min(200_000, decisions));
  const before = heapBytes();
  ask(decisions);
  return { path: path.name, decisions, before, after: heapBytes() };
});
process.stdout.write(JSON.stringify(rows));

function heapBytes(): number {
  for (let times = 0; times < 4; times++) collect?.();
  return process.memoryUsage().heapUsed;
}
