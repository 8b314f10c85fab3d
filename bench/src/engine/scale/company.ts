import { decodeEntity, type EntityData } from "@cordon/engine";

const GROUPS_OF = 200;
const FOLDERS_OF = 20;
const FAN = 8;

const ref = (type: string, index: number) => ({ type, id: `${type.toLowerCase()}-${index}` });

export interface Company {
  readonly users: number;
  readonly documents: number;
  readonly groups: number;
  readonly folders: number;
}

/** How many of each type make `count` entities: one user to four documents, groups and folders in trees. */
export function companyOf(count: number): Company {
  const groups = Math.max(1, Math.floor(count / GROUPS_OF));
  const folders = Math.max(1, Math.floor(count / FOLDERS_OF));
  const users = Math.max(1, Math.floor((count - groups - folders) / 5));
  return { users, documents: count - groups - folders - users, groups, folders };
}

/**
 * Entities decoded from JSON text, as they would come from a file. Users have four attributes and two groups,
 * documents four attributes, one of them a user, and a folder.
 */
export function* companyEntities({ users, documents, groups, folders }: Company): Generator<EntityData> {
  const tree = (type: string, index: number) =>
    index === 0 ? [] : [ref(type, Math.floor((index - 1) / FAN))];
  for (let i = 0; i < groups; i++) yield decoded({ uid: ref("Group", i), parents: tree("Group", i) });
  for (let i = 0; i < folders; i++) {
    const attrs = { name: `folder ${i}`, public: i % 7 === 0 };
    yield decoded({ uid: ref("Folder", i), attrs, parents: tree("Folder", i) });
  }
  for (let i = 0; i < users; i++) {
    const attrs = { email: `user${i}@example.com`, level: i % 10, active: true, department: `d${i % 40}` };
    const parents = [ref("Group", (i * 7919) % groups), ref("Group", (i * 104729 + 13) % groups)];
    yield decoded({ uid: ref("User", i), attrs, parents });
  }
  for (let i = 0; i < documents; i++) {
    const owner = { __entity: ref("User", (i * 31) % users) };
    const attrs = { owner, title: `document number ${i}`, classification: i % 4, archived: false };
    yield decoded({ uid: ref("Document", i), attrs, parents: [ref("Folder", (i * 7919) % folders)] });
  }
}

function decoded(entity: object): EntityData {
  return decodeEntity(JSON.parse(JSON.stringify(entity)), null);
}
