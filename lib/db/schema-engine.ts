import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from "@prisma/driver-adapter-utils";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";

/** Prisma's schema engine as WebAssembly: introspection and diffs without the native engine its CLI would download. */
export interface SchemaEngine {
  /** The schema that describes the database, in Prisma's language and the database's names. */
  introspect(): Promise<string>;
  /** The SQL that turns the database into what the schema says; empty when they agree. */
  diff(schema: string): Promise<string>;
  close(): Promise<void>;
}

const emptyMigration = "-- This is an empty migration.";
const charOid = 18;
const textOid = 25;
const datasource = 'datasource db {\n  provider = "postgresql"\n}\n';
const noFilter = { externalTables: [], externalEnums: [] };

async function loadEngine(): Promise<void> {
  const folder = dirname(createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg"));
  const wasm = await readFile(join(folder, "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(wasm, { "./schema_engine_bg.js": { ...bindings } });
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => process.stderr.write(`${message}\n`) } });
  const { __wbindgen_start: start, ...rest } = instance.exports;
  const setWasm: unknown = Reflect.get(bindings, "__wbg_set_wasm");
  if (typeof setWasm !== "function" || typeof start !== "function") throw new Error("@prisma/schema-engine-wasm changed its entry points");
  setWasm({ ...rest, __wbindgen_start: start });
  start();
}

/**
 * PrismaPg refuses the catalog's "char" columns, which the engine wants as characters. So the pool shows them to it as text,
 * and the adapter's answer says character again.
 */
function catalogAdapter(url: string) {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  const characters = new WeakMap<object, number[]>();
  const query = pool.query.bind(pool);
  const queryMarked = async (config: pg.QueryArrayConfig) => {
    const result = await query(config);
    const columns = result.fields.flatMap((field, index) => (field.dataTypeID === charOid ? [index] : []));
    for (const index of columns) Object.assign(result.fields[index] ?? {}, { dataTypeID: textOid });
    characters.set(result.rows, columns);
    return result;
  };
  const inner = new PrismaPg(Object.assign(pool, { query: queryMarked }));
  const mark = (adapter: SqlDriverAdapter): SqlDriverAdapter => {
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (request) => {
      const result = await queryRaw(request);
      for (const index of characters.get(result.rows) ?? []) result.columnTypes[index] = ColumnTypeEnum.Character;
      return result;
    };
    return adapter;
  };
  const factory: SqlMigrationAwareDriverAdapterFactory = {
    provider: inner.provider,
    adapterName: inner.adapterName,
    connect: async () => mark(await inner.connect()),
    connectToShadowDb: async () => mark(await inner.connectToShadowDb()),
  };
  return { factory, close: () => pool.end() };
}

/** Opens the engine on a database. For the tools that write migrations and the test that guards them; never at run time. */
export async function openSchemaEngine(url: string): Promise<SchemaEngine> {
  await loadEngine();
  const adapter = catalogAdapter(url);
  const bound = bindMigrationAwareSqlAdapterFactory(adapter.factory);
  const open = (schema: string) => bindings.SchemaEngine.new({ datamodels: [["schema.prisma", schema]] }, () => undefined, bound);
  return {
    async introspect() {
      const engine = await open(datasource);
      const schema = { files: [{ path: "schema.prisma", content: datasource }] };
      const result = await engine.introspect({ schema, baseDirectoryPath: "/", force: true, compositeTypeDepth: 0, namespaces: null });
      return result.schema.files.map((file) => file.content).join("\n");
    },
    async diff(schema) {
      const engine = await open(schema);
      const files = [{ path: "schema.prisma", content: schema }];
      const result = await engine.diff({
        from: { tag: "schemaDatasource", files, configDir: "/" },
        to: { tag: "schemaDatamodel", files },
        script: true,
        exitCode: null,
        filters: noFilter,
      });
      const sql = result.stdout ?? "";
      return sql.startsWith(emptyMigration) ? "" : sql;
    },
    close: adapter.close,
  };
}
