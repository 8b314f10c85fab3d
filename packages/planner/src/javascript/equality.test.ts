import { test } from "node:test";
import { type Asked, checkEquality } from "../testing-internal/equality.js";
import { SQLITE } from "../testing-internal/flavors.js";
import { docsOf } from "../testing-internal/office.js";
import { compilePredicate } from "./compile-predicate.js";

test("entities in memory that pass are those that the engine allows", async (t) => {
  const asked: Asked = {
    flavor: SQLITE,
    abilities: { idStorages: ["text"], storesNul: true, onlyTimestamps: false },
    inMemory: true,
    run: async () => {},
    find: async (plans, { office, store }) =>
      plans.map((plan) => {
        const passes =
          plan.outcome === "when" ? compilePredicate(plan.predicate) : () => plan.outcome === "always";
        return docsOf(office)
          .filter(({ uid }) => passes(uid, store))
          .map(({ uid }) => uid.id);
      }),
  };
  await checkEquality(t, asked, 1000);
});
