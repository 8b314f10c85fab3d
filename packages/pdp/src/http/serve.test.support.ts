import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { pino } from "pino";
import { openProject, type ProjectDecider } from "../index.js";
import { type RunningServer, type ServerOptions, startServer } from "./index.js";

/** The fixture of the AuthZEN certification scenario, "Required Fixture". */
export const CERTIFICATION_PROJECT: Record<string, string> = {
  "schema.cedarschema": `
    entity user { role?: String };
    entity record { status?: String };
    action read, write appliesTo { principal: user, resource: record };
    action delete appliesTo { principal: user, resource: record, context: { action?: { soft?: Bool } } };
  `,
  "policies/record.cedar": `
    @id("read") @reason("everybody reads")
    permit (principal, action == Action::"read", resource);
    @id("alice-writes") @obligation("notify-owner")
    permit (principal == user::"alice", action == Action::"write", resource)
    unless { resource has status && resource.status == "archived" };
    @id("admins-mend-archives")
    permit (principal, action == Action::"write", resource)
    when { principal has role && principal.role == "admin" && resource has status && resource.status == "archived" };
    @id("soft-delete")
    permit (principal == user::"alice", action == Action::"delete", resource)
    when { context has action && context.action has soft && context.action.soft };
  `,
  "entities/fixture.json": JSON.stringify([
    { uid: { type: "user", id: "alice" }, attrs: {}, parents: [] },
    { uid: { type: "user", id: "bob" }, attrs: { role: "admin" }, parents: [] },
    { uid: { type: "record", id: "record-1" }, attrs: { status: "active" }, parents: [] },
    { uid: { type: "record", id: "record-2" }, attrs: { status: "archived" }, parents: [] },
  ]),
};

export const READ = {
  subject: { type: "user", id: "alice" },
  action: { name: "read" },
  resource: { type: "record", id: "record-1" },
};

export interface Served {
  readonly url: string;
  readonly server: RunningServer;
  readonly decider: ProjectDecider;
  readonly directory: string;
  /** Lines that the server logged, parsed. */
  readonly lines: Record<string, unknown>[];
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read whatever shape they expect, and fail where it differs
  readonly json: any;
}

type Options = Omit<Partial<ServerOptions>, "decider"> & {
  files?: Record<string, string>;
  /** Puts another decider before the project's own. */
  wrap?: (decider: ProjectDecider) => ProjectDecider;
  level?: string;
};

/** A project in a directory of its own, opened and served until the test ends. */
export async function serve(t: TestContext, options: Options = {}): Promise<Served> {
  const {
    files = CERTIFICATION_PROJECT,
    wrap = (d: ProjectDecider) => d,
    level = "debug",
    ...rest
  } = options;
  const directory = await projectDirectory(files);
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const decider = await openProject(directory, { watch: false });
  const keys = rest.keys === undefined ? (decider.store?.keys ?? null) : rest.keys;
  const server = await startServer({
    decider: wrap(decider),
    host: "127.0.0.1",
    port: 0,
    logger,
    ...rest,
    keys,
  }).catch(async (error: unknown) => {
    await discard(decider, directory);
    throw error;
  });
  t.after(async () => {
    await server.close();
    await discard(decider, directory);
  });
  return {
    url: server.url,
    server,
    decider,
    directory,
    lines,
    post: (path, body, headers) => post(server.url + path, body, headers),
    get: (path, headers = {}) => answer(fetch(server.url + path, { headers })),
  };
}

async function discard(decider: ProjectDecider, directory: string): Promise<void> {
  await decider.close();
  await rm(directory, { recursive: true, force: true });
}

export async function projectDirectory(files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "cordon-http-"));
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return directory;
}

/** A body that is text or bytes goes out as it is, anything else as JSON. */
function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const sent = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
  return answer(
    fetch(url, { method: "POST", body: sent, headers: { "content-type": "application/json", ...headers } }),
  );
}

async function answer(pending: Promise<Response>): Promise<Answer> {
  const response = await pending;
  const text = await response.text();
  const isJson = /json$/.test(response.headers.get("content-type") ?? "");
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}

/** The decider, but for some members. Its getters keep private state, so a stand-in has to pass them on. */
export function standIn(decider: ProjectDecider, members: Partial<ProjectDecider>): ProjectDecider {
  return new Proxy(decider, {
    get: (target, name) => {
      if (name in members) return Reflect.get(members, name);
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Asserts that an answer is a problem of this kind, as RFC 9457 wants it. */
export function assertProblem(
  answer: Answer,
  status: number,
  code: string,
  where: Record<string, unknown> = {},
): void {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  const { json } = answer;
  assert.equal(json.status, status);
  assert.equal(json.code, code, answer.text);
  assert.match(json.type, /^\/docs#[a-z_0-9]+$/);
  assert.equal(typeof json.title, "string");
  assert.equal(typeof json.detail, "string");
  assert.equal(json.request_id, answer.headers.get("x-request-id"));
  for (const [member, value] of Object.entries(where)) assert.deepEqual(json[member], value, member);
}
