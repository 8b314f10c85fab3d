/**
 * What a code means, where its source has no comment that says it. A code without a meaning, and a meaning without a
 * code, are both errors, so this can't fall behind.
 *
 * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
export const MEANINGS = {
  EngineError: {
    entity_uid_syntax: 'the text isn\'t an entity as Cedar writes it: `User::"ann"`',
    value_invalid: "a value isn't one of Cedar's: null, a fraction, an escape of a wrong form",
    value_type: "a value is of another type than the schema says",
    extension_value: "the text of an `ipaddr`, `decimal`, `datetime` or `duration` isn't one",
    entity_invalid: "an entity isn't in Cedar's JSON format, or not as its type is declared",
    entity_duplicate: "an entity is given twice",
    entity_cycle: "an entity would be its own ancestor",
    policy_invalid: "a policy isn't in Cedar's JSON format",
    policy_too_deep: "a policy nests too deeply",
    policy_duplicate: "two policies have one id",
    bundle_invalid: "a bundle isn't whole, or of another version",
  },
  EvaluationError: {
    entity_does_not_exist: "an attribute was read of an entity that isn't there",
    attribute_does_not_exist: "an attribute was read that isn't there; guard it with `has`",
    tag_does_not_exist: "a tag was read that isn't there; guard it with `hasTag`",
    type_error: "an operator was given a value of another type",
    integer_overflow: "a sum, difference or product left the range of 64 bits",
    extension_error: "an extension function was given text that it can't read, or its result has no value",
    wrong_argument_count: "an extension function was given too many or too few arguments",
    unknown_extension_function: "there is no such extension function",
    unknown_value: "a value that partial evaluation left open was needed",
  },
  JsonError: {
    json_syntax: "the text isn't JSON",
    json_duplicate_key: "an object has a key twice",
    json_too_deep: "the text nests too deeply",
    json_lone_surrogate: "a string holds half of a surrogate pair",
    json_number_range: "a number can't be kept exactly",
  },
  PlanUnavailable: {
    source_unavailable: "a source that the plan depends on gave no answer",
  },
  RequestError: {
    request_invalid: "the request isn't an object with `principal`, `action` and `resource`",
    member_missing: "a member is missing that is always needed, or that the schema requires",
    member_empty: "a member is empty",
    member_type: "a member is of the wrong type",
    member_reserved: "the context has a member whose name is reserved: credentials don't belong there",
    value_type: "a declared member is of another type than the schema says",
    entity_uid_syntax: 'the text isn\'t an entity: write `User::ann` or `User::"ann"`',
    entity_type_syntax: "the text can't name an entity type",
    not_plannable:
      "no filter can say what a policy asks of each resource; the message names policy and clause",
    not_searchable: "nothing can list all that might be results; the message says what lacks",
    page_token_invalid: "the token between pages is none that this server made, or was changed",
    page_token_mismatch: "the token between pages is for another search, or another caller",
    page_token_expired: "the token between pages is more than an hour old",
    page_token_outdated: "policies, schema or entity files have changed since the page before",
    schema_missing: "which attributes there are is asked of a project without a schema",
    action_ambiguous: "several namespaces have an action of that name, and more than one fits",
    properties_conflict: "principal and resource are one entity, and the request says two things of it",
    text_not_unicode: "a text holds half of a surrogate pair",
    too_deep: "a value nests too deeply",
    not_json: "the client can't write the request as JSON",
    invalid_trace_id: "`traceId` isn't a W3C trace id",
  },
  CommandError: {
    invalid_argument: "an argument or option has a value that can't be",
    no_project: "no folder upward looks like a policy project",
    not_found: "there is no such decision, key or test",
    files_exist: "a new project would overwrite files",
    no_schema: "the command needs a schema, and the project has none",
    no_store: "the project has no store yet, or it can't be opened",
    unreadable_file: "a file that an option names can't be read",
    unwritable_file: "a file can't be written",
    server_answer: "the server answered something that it shouldn't",
  },
  InvalidProject: {
    project_invalid: "at least one file of the project has an error; all of them are shown",
  },
  ConnectError: {
    invalid_url: "`url` isn't an http or https address",
    invalid_timeout: "`timeoutMs` isn't a positive number",
  },
  RouteRuleError: {
    route_path_syntax: "a path uses what the gate doesn't read as Express does",
    route_unreachable: "an earlier rule matches everything that this one does",
  },
  ServerError: {
    address_in_use: "another program listens on that port",
    tls_unreadable: "the key or certificate can't be read",
    tls_invalid: "the key or certificate isn't one, or they don't belong together",
    invalid_public_url: "`--public-url` isn't an http or https address",
  },
  StoreError: {
    key_name_taken: "a live key has that name already",
    bundle_invalid: "what is kept for a bundle isn't the bundle of that id",
    redaction_invalid: "a rule of redaction isn't of its form",
  },
};
