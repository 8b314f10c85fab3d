import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { loadPolicy } from "@open-policy-agent/opa-wasm";
import { forEachQuestion, type Questions } from "../questions.js";
import type { Peer } from "./peer.js";
import { type PlainLists, plainLists, RULES } from "./tiny-todo.js";

/** The same rules in OPA's language. */
const POLICY = `package tinytodo

allow if {
	permitted
	not denied
}

permitted if {
	input.action in ${JSON.stringify(RULES.anyone)}
	input.resource == "tiny-todo"
}

permitted if {
	input.action in ${JSON.stringify(RULES.owner)}
	data.lists[input.resource].owner == input.principal
}

permitted if {
	input.action in ${JSON.stringify(RULES.reader)}
	data.teamsOf[input.principal][data.lists[input.resource].readers]
}

permitted if {
	input.action in ${JSON.stringify(RULES.editor)}
	data.teamsOf[input.principal][data.lists[input.resource].editors]
}

denied if {
	input.action in ${JSON.stringify(RULES.denied.actions)}
	data.teamsOf[input.principal]["${RULES.denied.team}"]
}
`;

/** Null where there is no \`opa\` to compile the policy to WebAssembly. */
export async function opa(questions: Questions, runsPerRound: number): Promise<Peer | null> {
  const program = opaProgram();
  if (program === null) return null;
  const compiled = compilePolicy(program);
  const policies = await Promise.all(
    questions.worlds.map(async (world) => {
      const policy = await loadPolicy(compiled);
      policy.setData(dataOf(plainLists(world)));
      return policy;
    }),
  );
  const asked = forEachQuestion(questions, (world, at, index) => {
    const request = world.asked[at];
    const policy = policies[index];
    if (request === undefined || policy === undefined) throw new Error(`question ${at} is not there`);
    const { principal, action, resource } = request;
    return { policy, input: { principal: principal.id, action: action.id, resource: resource.id } };
  });
  const run = (index: number) => {
    const { policy, input } = asked[index % asked.length] as (typeof asked)[number];
    return policy.evaluate(input);
  };
  return {
    name: "OPA compiled to WebAssembly",
    includes: "policy compiled, teams and lists inside it; request and answer as JSON over the boundary",
    runsPerRound,
    run,
    allows: (index) => run(index)?.[0]?.result === true,
  };
}

function opaProgram(): string | null {
  const candidates = ["opa", join(process.env.GOPATH ?? join(homedir(), "go"), "bin/opa")];
  return candidates.find((program) => spawnSync(program, ["version"]).status === 0) ?? null;
}

function compilePolicy(program: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "cordon-opa-"));
  try {
    writeFileSync(join(folder, "policy.rego"), POLICY);
    const entry = ["--target", "wasm", "--entrypoint", "tinytodo/allow"];
    execFileSync(program, ["build", ...entry, "--output", "bundle.tar.gz", "policy.rego"], { cwd: folder });
    execFileSync("tar", ["-xzf", "bundle.tar.gz", "/policy.wasm"], { cwd: folder, stdio: "ignore" });
    return readFileSync(join(folder, "policy.wasm"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function dataOf({ teamsOf, lists }: PlainLists) {
  const teams = [...teamsOf].map(([user, of]) => [
    user,
    Object.fromEntries(Array.from(of, (team) => [team, true])),
  ]);
  return { teamsOf: Object.fromEntries(teams), lists: Object.fromEntries(lists) };
}
