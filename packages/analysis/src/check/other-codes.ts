/** What diagnostics that aren't lints mean, by their codes: a project with an error of these can't be served. */
export const OTHER_CODES: Readonly<Record<string, string>> = {
  policy_syntax: "the policy isn't Cedar",
  too_deep: "the policy or schema nests too deeply",
  policy_id_duplicate: "two policies have one id",
  policy_id_empty: "an `@id` without a name",
  unknown_entity_type: "the schema doesn't declare the entity type",
  unknown_action: "the schema doesn't declare the action",
  unknown_attribute: "the schema doesn't declare the attribute for the type that it is read of",
  unknown_function: "Cedar has no such function",
  optional_attribute: "an attribute that may be absent is read without `has` before it",
  unguarded_tag: "a tag is read without `hasTag` before it",
  type_mismatch: "an expression is of another type than is wanted in its place",
  invalid_literal: "the text of an `ip`, `decimal`, `datetime` or `duration` isn't one",
  suspicious_text: "text that looks like other text, or runs in another direction than it seems",
  validation: "anything else that Cedar's strict validation finds",
  schema_syntax: "the schema isn't in Cedar's schema syntax",
  schema_invalid: "the schema contradicts itself",
  schema_doubtful: "a name in the schema hides another one",
  schema_undeclared_type: "the schema names a type that it doesn't declare",
  links_malformed: "a link of a template isn't `{ template, id, principal, resource }`",
  link_slots: "a link gives other slots than its template has",
  template_unknown: "a link names a template that isn't there",
  entity_uid_syntax: 'an entity isn\'t written like `User::"ann"`',
  entities_not_list: "an entity file isn't a list",
  entity_invalid: "an entity isn't in Cedar's JSON format, or not as its type is declared",
  entity_duplicate: "an entity is given twice",
  duplicate_entity: "an entity is given in two files, or twice in one",
  entity_cycle: "an entity is its own ancestor",
  value_invalid: "a value isn't one of Cedar's",
  value_type: "a value is of another type than the schema says",
  extension_value: "the text of an extension value isn't one",
  json: "codes that begin with `json_`: the file isn't JSON",
  yaml: "codes that begin with `yaml_`: the file isn't YAML, or has a key twice",
  settings: "codes that begin with `settings_`: `cordon.yaml` has an unknown key or a value that can't be",
  tests: "codes that begin with `tests_`: a file of tests isn't as tests are written",
  test_failed: "a test of the project fails; `cordon test` shows why",
  no_policies: "there is nothing to serve",
  policy_not_read: "a policy file is beside the folder of policies, where nobody reads it",
  path_missing: "a setting names a file or folder that isn't there",
  not_a_folder: "a file stands where a folder is expected",
  directory_named_like_file: "a folder is named as files are",
  file_unreadable: "the file can't be read",
  file_not_utf8: "the file isn't UTF-8 text",
};

const FAMILIES = ["json", "yaml", "settings", "tests"];

/** The entry of the table that explains a code. */
export function entryOf(code: string): string {
  if (Object.hasOwn(OTHER_CODES, code)) return code;
  return FAMILIES.find((family) => code.startsWith(`${family}_`)) ?? "other-codes";
}
