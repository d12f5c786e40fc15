/**
 * What the command prints with `--json`: which schema it follows, and the schemas themselves.
 *
 * @module
 */

/** What has a schema, and its latest version. */
export const SCHEMA_VERSIONS = { report: 1, show: 1, info: 1, status: 1, shm: 1, doctor: 1 } as const;

/** The name of a schema. */
export type SchemaName = keyof typeof SCHEMA_VERSIONS;

/** What names a schema in what follows it. */
export interface Versioned {
  /** Its `$id`. */
  readonly $schema: string;
  /** Its version. */
  readonly version: number;
}

/**
 * Says which schema a report follows: what `--json` prints begins with that.
 *
 * @param value The report with all that belongs to it.
 * @param name Which schema.
 */
export function versioned<T extends object>(value: T, name: SchemaName = "report"): Versioned & T {
  const version = SCHEMA_VERSIONS[name];
  return { $schema: `urn:tilewise:${name}:${version}`, version, ...value };
}

const LOADERS: Readonly<Record<SchemaName, () => Promise<{ readonly default: object }>>> = {
  report: () => import("../../docs/schema/report-1.json", { with: { type: "json" } }),
  show: () => import("../../docs/schema/show-1.json", { with: { type: "json" } }),
  info: () => import("../../docs/schema/info-1.json", { with: { type: "json" } }),
  status: () => import("../../docs/schema/status-1.json", { with: { type: "json" } }),
  shm: () => import("../../docs/schema/shm-1.json", { with: { type: "json" } }),
  doctor: () => import("../../docs/schema/doctor-1.json", { with: { type: "json" } }),
};

/**
 * The latest version of a schema.
 *
 * @param name Which.
 * @returns A JSON Schema, draft 2020-12.
 */
export async function loadSchema(name: SchemaName): Promise<object> {
  return (await LOADERS[name]()).default;
}
