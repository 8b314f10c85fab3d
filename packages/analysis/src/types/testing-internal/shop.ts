/** A schema with everything that types are made of. */
export const SHOP_SCHEMA = `
type Address = { street: String, zip?: Long, "house-number"?: String };

entity User = {
  name: String,
  level: Long,
  address?: Address,
  boss?: User,
  role: Role,
  lastSeen: datetime,
  from: ipaddr,
  balance: decimal,
  patience: duration,
  groups: Set<Set<Long>>,
  friends: Set<User>,
} tags Set<String>;
entity Role enum ["admin", "member"];
entity Robot;

namespace Shop {
  entity Cart = { owner: User, open: Bool };
  entity Order in [Cart];
  action "write";
  action read in [Action::"write"] appliesTo {
    principal: [User, Robot],
    resource: [Cart, Order],
    context: { now: datetime, country?: String },
  };
  action "cart:close" appliesTo {
    principal: [User],
    resource: [Cart],
    context: { now: datetime, country?: String },
  };
  action "order:refund" appliesTo {
    principal: [User],
    resource: [Order],
    context: { mfa: Bool, action: { amount: Long, note?: String } },
  };
  action "order:hurry" appliesTo { principal: [User], resource: [Order], context: { action?: { speed: Long } } };
  action "role:give" appliesTo { principal: [User], resource: [Role] };
}
namespace Warehouse {
  entity Shelf;
  action read appliesTo { principal: [Robot], resource: [Shelf], context: { "now"?: Long } };
}
`;

/** Questions in terms of it. What isn't marked compiles; what is marked has exactly that error in that line. */
export const QUESTIONS = `
import type { Decider } from "@cordon/engine";
import type { TypedDecider } from "@cordon/engine/typed";
import { type Action, type Attributes, type Entity, type EntityType, type Schema, typed } from "./types.js";

declare const remote: Decider;
declare const session: { type: "User" | "Robot"; id: string; mfa: boolean };
declare const text: string;
declare const anyone: { type: string; id: string };

const decider = typed(remote);
const user = { type: "User", id: "ann" } as const;
const cart: Entity<"Shop::Cart"> = { type: "Shop::Cart", id: "c1", properties: { open: true } };
const order = { type: "Shop::Order", id: text } as const;
const all: { answer: Promise<boolean>; action: Action; type: EntityType } = {
  answer: decider.can(user, "cart:close", cart),
  action: 'Shop::Action::"read"',
  type: "Warehouse::Shelf",
};

decider.can('User::"ann"', "cart:close", 'Shop::Cart::"c1"', { country: "DE" }, { caller: "shop" });
decider.can(session, 'Shop::Action::"read"', order);
decider.can(user, { name: "order:refund", properties: { amount: 12n } }, order, { mfa: true });
decider.can(user, { name: "order:refund", properties: { amount: 12, note: "late" } }, order, { mfa: true });
decider.can(user, "order:hurry", order);
decider.can(user, { name: "order:hurry", properties: { speed: 3 } }, order);
decider.can(user, "role:give", 'Role::"admin"');
decider.can(user, "role:give", { type: "Role", id: "member" });
decider.can('Robot::"r2"', 'Warehouse::Action::"read"', 'Warehouse::Shelf::"s"', { now: 3 });
decider.decide({ type: "User", id: text, properties: { level: 3, boss: user } }, "cart:close", cart);

const attributes: Attributes<"User"> = {
  name: "Ann",
  level: 9007199254740993n,
  address: { street: "Main", "house-number": "4b" },
  role: { type: "Role", id: "admin" },
  lastSeen: "2026-11-24T12:00:00Z",
  from: "10.0.0.7",
  balance: 12.5,
  patience: "8h",
  groups: [[1, 2n], []],
  friends: [user],
};

decider.can(user, "cart:close", { type: "Shop::Order", id: "o" }); // Argument of type '{ type: string; id: string; }' is not assignable to parameter of type '"\`cart:close\` does not apply to Shop::Order; it applies to Shop::Cart"'.
decider.can(user, "cart:close", 'Shop::Order::"o"'); // Argument of type '"Shop::Order::\\"o\\""' is not assignable to parameter of type '"\`cart:close\` does not apply to Shop::Order; it applies to Shop::Cart"'.
decider.can(user, 'Shop::Action::"read"', user); // Argument of type '{ readonly type: "User"; readonly id: "ann"; }' is not assignable to parameter of type '"\`Shop::Action::\\"read\\"\` does not apply to User; it applies to Shop::Cart or Shop::Order"'.
decider.can('Robot::"r2"', "cart:close", cart); // Argument of type '"Robot::\\"r2\\""' is not assignable to parameter of type '"Robot can't do \`cart:close\`; it is for User"'.
decider.can(session, "cart:close", cart); // Argument of type '{ type: "Robot" | "User"; id: string; mfa: boolean; }' is not assignable to parameter of type '"Robot can't do \`cart:close\`; it is for User"'.
decider.can({ type: "Usr", id: "ann" }, "cart:close", cart); // Argument of type '{ type: string; id: string; }' is not assignable to parameter of type '"there is no entity type \`Usr\` in the schema"'.
decider.can(anyone, "cart:close", cart); // Argument of type '{ type: string; id: string; }' is not assignable to parameter of type '"the compiler doesn't know the type of this entity: write it as a literal, in text or as \`type\`"'.
decider.can(text, "cart:close", cart); // Argument of type 'string' is not assignable to parameter of type '"the compiler doesn't know the type of this entity: write it as a literal, in text or as \`type\`"'.
decider.can(user, "write", cart); // Argument of type '"write"' is not assignable to parameter of type
decider.can(user, "read", cart); // Argument of type '"read"' is not assignable to parameter of type
decider.can(user, "role:give", { type: "Role", id: "admn" }); // Type '"admn"' is not assignable to type 'IdOf<Schema, "Role">'. Did you mean '"admin"'?
decider.can(user, "role:give", 'Role::"admn"'); // is not assignable to parameter of type '"Role::\\"admin\\"" | "Role::\\"member\\"" | Described<Schema, "Role">'.
decider.can({ type: "User", id: "ann", properties: { levl: 3 } }, "cart:close", cart); // Object literal may only specify known properties, but 'levl' does not exist in type
decider.can({ type: "User", id: "ann", properties: { level: "3" } }, "cart:close", cart); // Type 'string' is not assignable to type 'Long | undefined'.
decider.can({ type: "User", id: "ann", properties: { boss: { type: "Robot", id: "r2" } } }, "cart:close", cart); // Type '"Robot"' is not assignable to type '"User"'.
decider.can(user, "cart:close", cart, { contry: "DE" }); // Object literal may only specify known properties, but 'contry' does not exist in type '{ country?: string; }'. Did you mean to write 'country'?
decider.can(user, "cart:close", cart, { now: "2026-11-24T12:00:00Z" }); // Object literal may only specify known properties, and 'now' does not exist in type '{ country?: string; }'.
decider.can(user, "role:give", 'Role::"admin"', { country: "DE" }); // Type 'string' is not assignable to type 'never'.
decider.can(user, "order:refund", order, { mfa: true }); // Argument of type 'string' is not assignable to parameter of type '{ readonly name: "order:refund"; readonly properties: { amount: Long; note?: string; }; }'.
decider.can(user, { name: "order:refund", properties: { amount: "12" } }, order, { mfa: true }); // Type 'string' is not assignable to type 'Long'.
decider.can(user, { name: "order:refund", properties: { amount: 12 } }, order); // Expected 4-5 arguments, but got 3.
decider.can(user, { name: "order:hurry", properties: {} }, order); // Property 'speed' is missing in type '{}' but required in type '{ speed: Long; }'.

declare const some: "cart:close" | "role:give";
declare const any: Action;
decider.can(user, some, cart); // is not assignable to parameter of type '"\`role:give\` does not apply to Shop::Cart; it applies to Role"
decider.can(user, any, cart); // Argument of type 'Action' is not assignable to parameter of type
decider.can('Robot::"r2"', any, 'Shop::Order::"o"'); // Argument of type

/** A schema with a single action. */
interface One {
  entities: { User: Schema["entities"]["User"]; Robot: Schema["entities"]["Robot"] };
  actions: { greet: { principals: ["User"]; resources: ["User"]; context: object; properties: never } };
}
declare const one: TypedDecider<One>;
one.can(user, "greet", user);
one.can('Robot::"r2"', "greet", user); // Argument of type '"Robot::\\"r2\\""' is not assignable to parameter of type '"Robot can't do \`greet\`; it is for User"'.
one.can(user, "great", user); // Argument of type '"great"' is not assignable to parameter of type '"greet"'.

interface Two extends One {
  actions: One["actions"] & {
    wave: { principals: ["Robot"]; resources: ["User"]; context: object; properties: never };
  };
}
declare const two: TypedDecider<Two>;
declare const either: "greet" | "wave";
two.can('Robot::"r2"', either, user); // is not assignable to parameter of type '"Robot can't do \`greet\`; it is for User"
two.can('Robot::"r2"', "wav", user); // Argument of type '"wav"' is not assignable to parameter of type '"greet" | "wave"'.
export { all, attributes };
`;
