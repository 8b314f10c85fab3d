import { createRequire } from "node:module";
import type { DataModel, Field, Model, RelationField } from "./data-model.js";

/** As much of a Prisma client as tests use; the real one's types are generated. */
export interface Client {
  readonly [model: string]: {
    findMany(args: { where: object; select: object }): Promise<Record<string, unknown>[]>;
  } & ((sql: string, ...values: unknown[]) => Promise<unknown>);
}

const require = createRequire(import.meta.url);
const ENGINE = "@prisma/client/runtime/query_compiler_fast_bg.postgresql";

/**
 * Prisma's own client over a data model. `prisma generate` writes the same call into a file; its command line is left
 * out, because it wants a schema engine, which is in no package.
 */
export function prismaClient(model: DataModel, adapter: object): Client {
  const { getPrismaClient } = require("@prisma/client/runtime/client");
  const { prismaVersion } = require("@prisma/client/runtime/client");
  const PrismaClient = getPrismaClient({
    previewFeatures: [],
    clientVersion: prismaVersion?.client ?? require("@prisma/client/package.json").version,
    engineVersion: "",
    activeProvider: "postgresql",
    inlineSchema: schemaText(model),
    runtimeDataModel: { models: runtimeModels(model), enums: {}, types: {} },
    // What of a query is a parameter of its plan: nothing, so that each is planned anew.
    parameterizationSchema: { strings: [], graph: "AAAA" },
    compilerWasm: {
      getRuntime: async () => require(`${ENGINE}.js`),
      getQueryCompilerWasmModule: async () => {
        const { wasm } = require(`${ENGINE}.wasm-base64.js`);
        const { Module } = Reflect.get(globalThis, "WebAssembly");
        return new Module(Buffer.from(wasm, "base64"));
      },
      importName: "./query_compiler_fast_bg.js",
    },
  });
  return new PrismaClient({ adapter });
}

export function schemaText({ models }: DataModel): string {
  const blocks = [...models.values()].map(modelText);
  return [
    'generator client {\n  provider = "prisma-client-js"\n}',
    'datasource db {\n  provider = "postgresql"\n}',
    ...blocks,
  ].join("\n");
}

function modelText({ name, table, fields, key }: Model): string {
  const unique = key.length > 1 ? [`  @@id([${key.join(", ")}])`] : [];
  return [
    `model ${name} {`,
    ...fields.map(fieldText),
    ...unique,
    `  @@map(${JSON.stringify(table)})`,
    "}",
  ].join("\n");
}

function fieldText(field: Field | RelationField): string {
  if (field.kind === "object") {
    if (field.isList) return `  ${field.name} ${field.type}[] @relation("${field.relation}")`;
    return `  ${field.name} ${field.type}${"?"} @relation("${field.relation}", fields: [${field.from}], references: [${field.to}])`;
  }
  const suffix = field.isList ? "[]" : field.isOptional ? "?" : "";
  return `  ${field.name} ${field.type}${suffix} ${field.attributes} @map(${JSON.stringify(field.column)})`;
}

function runtimeModels({ models }: DataModel): object {
  const fieldOf = (field: Field | RelationField) =>
    field.kind === "object"
      ? { name: field.name, kind: "object", type: field.type, relationName: field.relation }
      : { name: field.name, kind: "scalar", type: field.type, dbName: field.column };
  return Object.fromEntries(
    [...models.values()].map(({ name, table, fields }) => [
      name,
      { dbName: table, schema: null, fields: fields.map(fieldOf) },
    ]),
  );
}
