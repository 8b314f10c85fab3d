// Written by `cordon typegen` from schema.cedarschema. Don't edit it: write it again when the schema changes.

import type { Decider } from "@cordon/engine";
import {
  type Actions,
  type Datetime,
  type Duration,
  type Elements,
  type EntityOf,
  type EntityTypes,
  type IpAddress,
  type Long,
  type Reference,
  type TypedDecider,
  typedDecider,
} from "@cordon/engine/typed";

/** What there is, and which action applies to what. */
export interface Schema {
  entities: {
    Agent: {
      id: string;
      attributes: {
        name: string;
      };
      tags: never;
    };
    Contact: {
      id: string;
      attributes: {
        email: string;
        name: string;
      };
      tags: never;
    };
    Customer: {
      id: string;
      attributes: {
        accountManager: Reference<"User">;
        contactEmail: string;
        contactName: string;
        legalHold: boolean;
        name: string;
        plan: string;
        region: Reference<"Region">;
      };
      tags: never;
    };
    Department: {
      id: string;
      attributes: {
        name: string;
      };
      tags: never;
    };
    Device: {
      id: string;
      attributes: {
        encrypted: boolean;
        lastSeen: Datetime;
        managed: boolean;
      };
      tags: never;
    };
    Group: {
      id: string;
      attributes: {
        name: string;
      };
      tags: never;
    };
    Invoice: {
      id: string;
      attributes: {
        amount: Long;
        customer: Reference<"Customer">;
        issuedAt: Datetime;
        issuedBy: Reference<"User">;
        refunded: Long;
        status: string;
      };
      tags: never;
    };
    Region: {
      id: string;
      attributes: {
        countries: Elements<string>;
        name: string;
      };
      tags: never;
    };
    Service: {
      id: string;
      attributes: {
        name: string;
      };
      tags: never;
    };
    Session: {
      id: string;
      attributes: {
        revokedAt?: Datetime;
      };
      tags: never;
    };
    Ticket: {
      id: string;
      attributes: {
        assignee?: Reference<"User">;
        closedAt?: Datetime;
        confidential: boolean;
        customer: Reference<"Customer">;
        openedAt: Datetime;
        severity: Long;
        status: string;
        title: string;
      };
      tags: never;
    };
    User: {
      id: string;
      attributes: {
        active: boolean;
        clearance: Long;
        email: string;
        name: string;
        refundLimit: Long;
        regions: Elements<Reference<"Region">>;
        shift?: {
          end: Duration;
          start: Duration;
        };
      };
      tags: never;
    };
  };
  actions: {
    "customer:erase": {
      principals: ["User"];
      resources: ["Customer"];
      context: {
        actor?: Reference<"Agent">;
        country?: string;
        device?: {
          encrypted: boolean;
          managed: boolean;
        };
        ip?: IpAddress;
        mfa?: boolean;
      };
      properties: never;
    };
    "customer:export": {
      principals: ["User"];
      resources: ["Customer"];
      context: Schema["actions"]["customer:erase"]["context"];
      properties: never;
    };
    "customer:read": {
      principals: ["User"];
      resources: ["Customer"];
      context: Schema["actions"]["customer:erase"]["context"];
      properties: never;
    };
    "customer:update": {
      principals: ["User"];
      resources: ["Customer"];
      context: Schema["actions"]["customer:erase"]["context"];
      properties: never;
    };
    "invoice:read": {
      principals: ["User"];
      resources: ["Invoice"];
      context: Schema["actions"]["customer:erase"]["context"];
      properties: never;
    };
    "invoice:refund": {
      principals: ["User"];
      resources: ["Invoice"];
      context: Schema["actions"]["customer:erase"]["context"];
      properties: {
        amount: Long;
      };
    };
    "invoice:void": {
      principals: ["User"];
      resources: ["Invoice"];
      context: Schema["actions"]["customer:erase"]["context"];
      properties: never;
    };
    "ticket:assign": {
      principals: ["User"];
      resources: ["Ticket"];
      context: Schema["actions"]["customer:erase"]["context"];
      properties: never;
    };
    "ticket:close": {
      principals: ["User"];
      resources: ["Ticket"];
      context: Schema["actions"]["customer:erase"]["context"];
      properties: never;
    };
    "ticket:comment": {
      principals: ["Agent", "Contact", "User"];
      resources: ["Ticket"];
      context: Schema["actions"]["customer:erase"]["context"];
      properties: never;
    };
    "ticket:read": {
      principals: ["Agent", "Contact", "Service", "User"];
      resources: ["Ticket"];
      context: Schema["actions"]["customer:erase"]["context"];
      properties: never;
    };
    "ticket:reopen": {
      principals: ["User"];
      resources: ["Ticket"];
      context: Schema["actions"]["customer:erase"]["context"];
      properties: never;
    };
  };
}

/** The name of an entity type. */
export type EntityType = EntityTypes<Schema>;

/** The name of an action that can be asked about. */
export type Action = Actions<Schema>;

/** An entity as a question names it: `Entity<"User">`. */
export type Entity<Type extends EntityType> = EntityOf<Schema, Type>;

/** What an entity type's attributes are: `Attributes<"User">`. */
export type Attributes<Type extends EntityType> = Schema["entities"][Type]["attributes"];

/** The same decider, asked in terms of this schema. */
export function typed(decider: Pick<Decider, "decide">): TypedDecider<Schema> {
  return typedDecider(decider);
}
