// node --expose-gc policies-child.js COUNT LINKS: compiles policies, loads a bundle, changes the set.
import { type Authorizer, type Bundle, compile, type PolicySetJson } from "@cordon/engine";
import { parseJson } from "@cordon/engine/json";
import { cpuMs, type Memory, memory } from "./child.js";
import { policyAbout, policySet } from "./policies.js";

export interface PolicyFigures {
  readonly rows: {
    readonly what: string;
    readonly includes: string;
    readonly ms: number;
    readonly heapMb?: number;
  }[];
}

const [count = 0, links = 0] = process.argv.slice(2).map(Number);
const CHANGES = 1_000;
const number = (value: number) => value.toLocaleString("en-US");
process.stdout.write(JSON.stringify({ rows: [...compiling(), ...changing()] } satisfies PolicyFigures));

function compiling(): PolicyFigures["rows"] {
  const set = policySet(count, true);
  const text = JSON.stringify({
    formatVersion: 1,
    id: "0".repeat(64),
    policies: set,
    sources: {},
    schema: null,
    settings: {},
  } satisfies Bundle);
  const linked: PolicySetJson = {
    staticPolicies: {},
    templates: {
      template: { ...policyAbout(0, false), principal: { op: "in", slot: "?principal" } },
    },
    templateLinks: Array.from({ length: links }, (_, index) => ({
      templateId: "template",
      newId: `link-${index}`,
      values: { "?principal": { type: "Team", id: `team-${index}` } },
    })),
  };
  return [
    held(`${number(count)} policies compiled`, "JSON parsed beforehand", () => compile(set)),
    {
      what: `a bundle of ${number(count)} policies loaded`,
      includes: `${megabytes(text.length)} of JSON text to authorizer`,
      ms: cpuMs(() => compile(parseJson(text) as unknown as Bundle)).ms,
    },
    held(`${number(links)} template links compiled`, "JSON parsed beforehand; one body", () =>
      compile(linked),
    ),
  ];
}

function held(what: string, includes: string, run: () => Authorizer): PolicyFigures["rows"][number] {
  const before: Memory = memory();
  const { result, ms } = cpuMs(run);
  const heapMb = memory().heapMb - before.heapMb;
  if ([...result.policies()].length === 0) throw new Error("nothing was compiled");
  return { what, includes, ms, heapMb };
}

function changing(): PolicyFigures["rows"] {
  return [count, links].map((size) => {
    let authorizer = compile(policySet(size, true));
    const { ms } = cpuMs(() => {
      for (let index = 0; index < CHANGES; index++) {
        const remove = [`policy-${index}`];
        authorizer = authorizer.with({
          remove,
          add: { staticPolicies: { [`new-${index}`]: policyAbout(index, true) } },
        });
        if (authorizer.policy(`new-${index}`) === undefined) throw new Error("a policy was not added");
      }
    });
    const what = `one policy of ${number(size)} replaced`;
    return { what, includes: `the changed authorizer; mean of ${number(CHANGES)}`, ms: ms / CHANGES };
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
