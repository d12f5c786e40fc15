/**
 * One file of snapshots: an ES module whose `snapshot` object maps names to texts.
 *
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Where a snapshot file may be told to be. */
interface Place {
  dir?: string;
  path?: string;
}

/** Makes the error to throw. */
type Refuse = (message: string) => Error;

/** A snapshot file, shared by all tests of a run that use it. */
export class SnapshotFile {
  static readonly #files = new Map<string, SnapshotFile>();

  readonly #path: string;
  /** The texts on disk, once read. */
  #saved: Map<string, string> | undefined;
  /** New texts by name. */
  readonly #updates = new Map<string, string>();
  /** The names that this run asked for, in their order in the file to be written. */
  readonly #touched: string[] = [];
  readonly #counts = new Map<string, number>();
  #writesAtEnd = false;

  private constructor(path: string) {
    this.#path = path;
  }

  /** The file for a test module. */
  static find(testModule: string, place: Place): SnapshotFile {
    const testPath = fileURLToPath(testModule);
    const path = place.path
      ? resolve(dirname(testPath), place.path)
      : resolve(dirname(testPath), place.dir || "__snapshots__", `${basename(testPath)}.snap`);
    const file = this.#files.get(path) ?? new SnapshotFile(path);
    this.#files.set(path, file);
    return file;
  }

  /** A test's name with a count: a test may take several snapshots. */
  nextName(testName: string): string {
    const count = (this.#counts.get(testName) ?? 0) + 1;
    this.#counts.set(testName, count);
    return `${testName} ${count}`;
  }

  /** The texts on disk by name. In update mode the file may be missing. */
  async read(updating: boolean, refuse: Refuse): Promise<ReadonlyMap<string, string>> {
    if (this.#saved) return this.#saved;
    if (updating) ensureFile(this.#path);
    const { href } = pathToFileURL(this.#path);
    const { snapshot = {} } = await this.#load(href, refuse);
    const saved = new Map<string, string>();
    for (const [name, text] of Object.entries(snapshot)) {
      if (typeof text !== "string") throw refuse(`Corrupt snapshot:\n\t(${name})\n\t${href}`);
      // Texts of several lines stand between line breaks.
      saved.set(name, text.includes("\n") ? text.slice(1, -1) : text);
    }
    return this.#saved ??= saved;
  }

  async #load(href: string, refuse: Refuse): Promise<{ snapshot?: Record<string, unknown> }> {
    try {
      return await import(href);
    } catch (error) {
      const missing = error instanceof TypeError && error.message.startsWith("Module not found");
      throw missing ? refuse("Missing snapshot file.") : error;
    }
  }

  /** Notes that a snapshot is in use. Others are dropped on writing. */
  touch(name: string): void {
    this.#touched.push(name);
  }

  /** Replaces or adds a text. */
  update(name: string, text: string): void {
    this.#updates.set(name, text);
  }

  /** Has the file written when the test module is done. */
  async writeAtEnd(): Promise<void> {
    if (this.#writesAtEnd) return;
    const permission = await Deno.permissions.query({ name: "write", path: this.#path });
    if (permission.state !== "granted") {
      throw new Deno.errors.PermissionDenied(
        `Missing write access to snapshot file (${pathToFileURL(this.#path)}). ` +
          "This is required because assertSnapshot was called in update mode. " +
          "Please pass the --allow-write flag.",
      );
    }
    if (this.#writesAtEnd) return;
    this.#writesAtEnd = true;
    globalThis.addEventListener("unload", () => this.#write());
  }

  #write(): void {
    const saved = this.#saved ?? new Map<string, string>();
    const entries = ["export const snapshot = {};"];
    for (const name of this.#touched) {
      const text = this.#updates.get(name) ?? saved.get(name);
      if (text === undefined) continue;
      const body = escape(text);
      const shown = body.includes("\n") ? `\n${body}\n` : body;
      entries.push(`\nsnapshot[\`${escape(name)}\`] = \`${shown}\`;`);
    }
    ensureFile(this.#path);
    writeFileSync(this.#path, entries.join("\n") + "\n");
    this.#report([...saved.keys()].filter((name) => !this.#touched.includes(name)));
  }

  #report(removed: string[]): void {
    const updates = this.#updates.size;
    const noun = (count: number) => count === 1 ? "snapshot" : "snapshots";
    if (updates > 0) {
      console.log(`%c\n > ${updates} ${noun(updates)} updated.`, "color: green; font-weight: bold;");
    }
    if (removed.length === 0) return;
    console.log(
      `%c\n > ${removed.length} ${noun(removed.length)} removed.`,
      "color: red; font-weight: bold;",
    );
    for (const name of removed) console.log(`%c   • ${name}`, "color: red;");
  }
}

/** For the inside of a template literal. */
function escape(text: string): string {
  return text.replace(/[\\`$]/g, "\\$&");
}

/** Makes an empty file where there is none. */
function ensureFile(path: string): void {
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "");
}
