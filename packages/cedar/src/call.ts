import type * as CedarWasm from "@cedar-policy/cedar-wasm/nodejs";

/**
 * The types of cedar-wasm 4.13, with a bigint allowed wherever a number is: integers beyond 2^53 must come as
 * bigints, since a JavaScript number has already lost their last digits.
 */
export type CallValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly CallValue[]
  | { readonly [attribute: string]: CallValue };

export type CallUid = CedarWasm.EntityUidJson;

export interface CallEntity {
  readonly uid: CallUid;
  readonly attrs: { readonly [attribute: string]: CallValue };
  readonly parents: readonly CallUid[];
  readonly tags?: { readonly [tag: string]: CallValue };
}

/** A policy in Cedar syntax or in Cedar's JSON policy format. */
export type CallPolicy = string | { readonly [member: string]: CallValue };

export interface CallPolicySet {
  /** A text holding any number of policies (called `policy0`, `policy1`, … in its order), a list, or a record by id. */
  readonly staticPolicies?: string | readonly CallPolicy[] | { readonly [id: string]: CallPolicy };
  readonly templates?: { readonly [id: string]: CallPolicy };
  readonly templateLinks?: readonly {
    readonly templateId: string;
    readonly newId: string;
    readonly values: { readonly [slot: string]: CallUid };
  }[];
}

export interface AuthorizationCall {
  readonly principal: CallUid;
  readonly action: CallUid;
  readonly resource: CallUid;
  readonly context: { readonly [attribute: string]: CallValue };
  /** In Cedar's schema syntax or JSON schema format; entities, context and request are read and checked by it. */
  readonly schema?: CedarWasm.Schema | null | undefined;
  /** Whether the request is checked against the schema, if there is one. Default true. */
  readonly validateRequest?: boolean | undefined;
  readonly policies: CallPolicySet;
  readonly entities: readonly CallEntity[];
}

export type AuthorizationAnswer = CedarWasm.AuthorizationAnswer;
export type DetailedError = CedarWasm.DetailedError;
