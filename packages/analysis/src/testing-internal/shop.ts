import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";

/** A small project in which every kind of answer can be had. */
export const shop: Readonly<Record<string, string>> = {
  "schema.cedarschema": `entity Team;
entity User in [Team] { level: Long, boss?: User };
entity Document { owner: User, secret: Bool };
action "read", "share" appliesTo {
  principal: [User],
  resource: [Document],
  context: { country?: String, now: datetime },
};
action "void" appliesTo { principal: [Team], resource: [Document] };
`,
  "policies/documents.cedar": `@id("team-reads")
@reason("everybody in sales reads documents")
@obligation("watermark")
permit (principal in Team::"sales", action == Action::"read", resource);

@id("owner-shares")
@reason("who owns a document shares it")
permit (principal, action == Action::"share", resource)
when { resource.owner == principal && principal.level >= 2 };

@id("secret-stays-home")
@reason("secret documents are not read abroad")
forbid (principal, action, resource)
when { resource.secret }
unless { context has country && context.country == "DE" };

@id("no-nights")
forbid (principal, action == Action::"share", resource)
when { context.now.toTime() < duration("8h") };
`,
  "entities/people.json": `[
  { "uid": { "type": "Team", "id": "sales" }, "attrs": {}, "parents": [] },
  { "uid": { "type": "User", "id": "ann" }, "attrs": { "level": 2 }, "parents": [{ "type": "Team", "id": "sales" }] },
  { "uid": { "type": "User", "id": "bob" }, "attrs": { "level": 1 }, "parents": [] },
  { "uid": { "type": "Document", "id": "plan" }, "attrs": { "owner": { "type": "User", "id": "ann" }, "secret": false }, "parents": [] },
  { "uid": { "type": "Document", "id": "budget" }, "attrs": { "owner": { "type": "User", "id": "ann" }, "secret": true }, "parents": [] }
]
`,
};

/** Writes a project into a folder of its own, which goes when the tests of the file are done. */
export function projectWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "cordon-analysis-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
