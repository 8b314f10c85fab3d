import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EntityRefJson } from "@cordon/engine";
import { parseJson, stringifyJson } from "@cordon/engine/json";
import { openProject, type ProjectDecider } from "@cordon/pdp";
import { decodeEvaluation, encodeDecision } from "@cordon/pdp/authzen";
import { median, quantile, sorted } from "../measure/statistics.js";
import type { Application } from "./apps/application.js";
import { type Questions, questionsOf, type ReadyWorld } from "./questions.js";

export interface TextFigures {
  readonly medianNs: number;
  readonly p99Ns: number;
  readonly perSecond: number;
}

/**
 * From the JSON text of an AuthZEN request to the JSON text of its answer, all in this process: reading, checking
 * against the schema, the context that the decision point adds, entities, evaluation, guard, writing. No HTTP, no log.
 */
export async function measureText(application: Application, quick: boolean): Promise<TextFigures> {
  const questions = questionsOf(application, 50, 1);
  const [world] = questions.worlds;
  if (world === undefined) throw new Error("no world");
  const texts = world.asked.map(({ principal, action, resource }) =>
    JSON.stringify({ subject: principal, action: { name: action.id }, resource }),
  );
  return withProject(questions, world, async (decider) => {
    const answer = async (index: number) => {
      const decision = await decider.decide(
        decodeEvaluation(parseJson(texts[index % texts.length] as string)),
      );
      return stringifyJson(encodeDecision(decision));
    };
    await assertRightAnswers(world, questions, answer);
    return measure(answer, quick ? 2_000 : 40_000);
  });
}

async function measure(answer: (index: number) => Promise<string>, runs: number): Promise<TextFigures> {
  const rates: number[] = [];
  const each: number[] = [];
  for (let round = 0; round < 6; round++) {
    const started = performance.now();
    for (let index = 0; index < runs; index++) await answer(index);
    const perSecond = (runs * 1000) / (performance.now() - started);
    for (let index = 0; index < runs; index++) {
      const before = performance.now();
      await answer(index);
      const nanoseconds = (performance.now() - before) * 1e6;
      if (round > 0) each.push(nanoseconds);
    }
    if (round > 0) rates.push(perSecond);
  }
  const ordered = sorted(each);
  return { medianNs: quantile(ordered, 0.5), p99Ns: quantile(ordered, 0.99), perSecond: median(rates) };
}

async function assertRightAnswers(
  world: ReadyWorld,
  { application }: Questions,
  answer: (index: number) => Promise<string>,
): Promise<void> {
  const { compile } = await import("@cordon/engine");
  const authorizer = compile(world.bundle);
  for (const [index, request] of world.requests.entries()) {
    const { decision } = JSON.parse(await answer(index)) as { decision: boolean };
    if (decision !== (authorizer.isAuthorized(request, world.store).decision === "allow"))
      throw new Error(`${application.name}: question ${index} is answered otherwise by way of JSON`);
  }
}

async function withProject<T>(
  { application }: Questions,
  { bundle, entities }: ReadyWorld,
  use: (decider: ProjectDecider) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "cordon-bench-"));
  try {
    for (const part of ["policies", "entities"]) mkdirSync(join(folder, part));
    writeFileSync(join(folder, "policies", `${application.name}.cedar`), application.policies);
    writeFileSync(join(folder, "schema.cedarschema"), application.schema);
    const data = entities.filter(({ uid }) => uid.type !== "Action");
    writeFileSync(join(folder, "entities", "all.json"), JSON.stringify(data));
    const links = bundle.policies.templateLinks.map(({ templateId, newId, values }) => ({
      template: templateId,
      id: newId,
      ...(values["?principal"] === undefined ? {} : { principal: uidText(values["?principal"]) }),
      ...(values["?resource"] === undefined ? {} : { resource: uidText(values["?resource"]) }),
    }));
    // JSON is YAML.
    writeFileSync(join(folder, "cordon.yaml"), JSON.stringify({ version: 1, log: { mode: "off" }, links }));
    const decider = await openProject(folder, { watch: false });
    return await use(decider).finally(() => decider.close());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function uidText(ref: EntityRefJson): string {
  const { type, id } = "__entity" in ref ? ref.__entity : ref;
  return `${type}::${JSON.stringify(id)}`;
}
