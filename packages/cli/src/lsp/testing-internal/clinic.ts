/** A project with something of everything that an editor has to know of. */
export const clinic: Record<string, string> = {
  "schema.cedarschema": `/// People who work here.
entity Staff in [Team] {
  name: String,
  /// From 1, for trainees, to 5.
  level: Long,
  shift?: { start: duration, end: duration },
  "badge no"?: String,
} tags Set<String>;
entity Patient { doctor: Staff, contact: Contact, allergies: Set<String> };
entity Team, Ward;
/// What is known of a patient.
entity Record in [Ward] {
  patient: Patient,
  kind: Kind,
  /// Nobody but the author sees it.
  draft: Bool,
  fee: decimal,
};
entity Kind enum ["note", "scan"];
type Contact = {
  /// Where letters go.
  street: String,
  phone?: String,
};
action "write";
/// Looks at a record.
action "record:read" appliesTo {
  principal: [Staff, Patient],
  resource: [Record],
  context: { now: datetime, ip?: ipaddr },
};
action "record:edit", "record:sign" in ["write"] appliesTo {
  principal: [Staff],
  resource: [Record],
  context: { now: datetime, device: { managed: Bool } },
};
`,
  "policies/records.cedar": `@id("staff-read")
@reason("Staff read the records of their wards.")
permit (principal is Staff, action == Action::"record:read", resource);

@id("doctors-edit")
@reason("A doctor edits the records of their own patients.")
permit (principal is Staff, action in Action::"write", resource is Record)
when { resource.patient.doctor == principal && principal.level > 2 };

forbid (principal, action, resource is Record)
when { resource.draft && resource.kind == Kind::"note" }
unless { principal is Staff && principal.level == 5 };
`,
  "policies/shared.cedar": `@id("shared-with")
permit (principal == ?principal, action == Action::"record:read", resource in ?resource);
`,
  "entities/people.json": `[
  { "uid": { "type": "Staff", "id": "ada" }, "attrs": { "name": "Ada", "level": 4 }, "parents": [] },
  { "uid": { "type": "Patient", "id": "pat" }, "attrs": { "doctor": { "type": "Staff", "id": "ada" }, "contact": { "street": "A 1" }, "allergies": [] }, "parents": [] },
  { "uid": { "type": "Ward", "id": "north" }, "attrs": {}, "parents": [] },
  { "uid": { "type": "Record", "id": "r-1" }, "attrs": { "patient": { "type": "Patient", "id": "pat" }, "kind": { "type": "Kind", "id": "note" }, "draft": false, "fee": { "__extn": { "fn": "decimal", "arg": "1.5" } } }, "parents": [{ "type": "Ward", "id": "north" }] }
]
`,
  "tests/records.yaml": `cases:
  - principal: Staff::ada
    action: record:read
    resource: Record::r-1
    expect: { decision: allow, policies: [staff-read] }
tables:
  - context: { device: { managed: true } }
    columns: [principal, action, resource, expect, policies]
    rows:
      - [Staff::ada, record:edit, Record::r-1, allow, [doctors-edit]]
      - [Staff::ada, record:sign, Record::r-1, allow, doctors-edit]
`,
  "cordon.yaml": `version: 1
links:
  - { template: shared-with, id: pat-reads-north, principal: Patient::"pat", resource: Ward::"north" }
types:
  patient: Patient
`,
};
