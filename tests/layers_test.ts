import { assert, assertEquals } from "@std/assert";

const root = new URL("../", import.meta.url);

/**
 * The layers from the lowest up, by path. The first pattern that fits a file names its layer; it may import from its
 * own layer and from those below.
 */
const LAYERS: readonly (readonly [pattern: RegExp, rank: number])[] = [
  [/^src\/(builtin|errors|dtype|nearest|bounded_map|interrupt)\.ts$/, 0],
  [/^src\/wasm\//, 1],
  [/^src\/array\/(layout|memory)\//, 1],
  [/^src\/simd\/functions\//, 3],
  [/^src\/simd\//, 2],
  [/^src\/array\/(copy|print|random)\//, 2],
  [/^src\/array\//, 3],
  [/^src\/store\//, 3.5],
  [/^src\/plan\/reduce\//, 5],
  [/^src\/plan\//, 4],
  [/^src\/expr\.ts$/, 6],
  [/^src\/kernel\/reduce\//, 7],
  [/^src\/kernel\/order\//, 8],
  [/^src\/kernel\//, 6],
  // What a worker loads, and what a run leaves behind; all else in the folder may use pools.
  [
    /^src\/run\/(control_block|iterate_steps|joined_report|known_modules|memory_watch|protocol|reduce_work|report|run_arrays|run_tiles|sanitize(?:_\w+)?|span_log|stream_(?:blocks|partials|reduce_work|work)|tile_claims|tile_work|timeline|worker_port)\.ts$/,
    9,
  ],
  [/^src\/run\//, 10],
  [/^src\/io\//, 11],
  // Arrays as pictures, and what a notebook shows of them.
  [/^src\/picture\//, 11.2],
  // Runs as pages and as traces, and the page of a run that goes on.
  [/^src\/page\//, 11.4],
  [/^src\/live\//, 11.6],
  [/^src\/cli\//, 12],
];
const STORE = 3.5, RUN = 9, IO = 11, PICTURE = 11.2;

/** The folder of a path. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function rankOf(path: string): number | undefined {
  return LAYERS.find(([pattern]) => pattern.test(path))?.[1];
}

/** Why one file of `src` may not import another, or undefined if it may. */
function objection(from: string, to: string): string | undefined {
  const own = rankOf(from), other = rankOf(to);
  if (own === undefined || other === undefined) return "belongs to no layer";
  if (other > own) return "lies above it";
  if (other === own && own < IO && folderOf(from) !== folderOf(to)) return "lies beside it";
  if (own === IO && other !== IO && other > STORE) {
    return "is not an array's: formats know arrays and stores only";
  }
  if (own === PICTURE && other > STORE && other < IO) return "is not an array's: pictures know arrays only";
  if (other === IO && own < IO) return "is a format";
  if (from === "src/errors.ts") return "should not be needed by errors";
  return undefined;
}

async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    if (isDirectory) files.push(...await filesBelow(`${folder}${name}/`));
    else if (name.endsWith(".ts")) files.push(folder + name);
  }
  return files.sort();
}

interface Module {
  readonly specifier: string;
  readonly error?: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly isDynamic?: boolean;
    readonly code?: { readonly specifier?: string };
    readonly type?: { readonly specifier?: string };
  }[];
}

/** What the runtime knows of the modules that some files lead to, types included, without fetching anything. */
async function moduleGraph(files: readonly string[]): Promise<ReadonlyMap<string, Module>> {
  const imports = files.map((file) => `import ${JSON.stringify(new URL(file, root).href)};`).join("");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--no-lock", "--no-remote", "--no-npm", `data:text/typescript,${imports}`],
    cwd: root,
    signal: AbortSignal.timeout(60_000),
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const { modules }: { modules: Module[] } = JSON.parse(new TextDecoder().decode(stdout));
  return new Map(modules.map((module) => [module.specifier, module]));
}

/** A module's path within the project, or its specifier. */
function shortName(specifier: string): string {
  return specifier.startsWith(root.href) ? specifier.slice(root.href.length) : specifier;
}

const sources = await filesBelow("src/");
const graph = await moduleGraph(["mod.ts", "cli.ts", "workers/tile_worker.ts", ...sources]);

/** What a file imports: for values or types, at once or later. */
function importsOf(file: string, includeDynamic: boolean): string[] {
  const module = graph.get(new URL(file, root).href);
  assert(module !== undefined, `${file} is not in the module graph`);
  assertEquals(module.error, undefined);
  return (module.dependencies ?? [])
    .filter(({ isDynamic }) => includeDynamic || !isDynamic)
    .map(({ specifier, code, type }) => shortName(code?.specifier ?? type?.specifier ?? specifier));
}

/** Everything that is loaded when a file is imported. */
function loadedWith(file: string): Set<string> {
  const loaded = new Set([file]);
  for (const next of loaded) {
    const isFile = next.endsWith(".ts") && !next.includes(":");
    if (isFile) importsOf(next, false).forEach((name) => loaded.add(name));
  }
  return loaded;
}

Deno.test("every source file belongs to a layer and imports from its own and those below only", () => {
  assert(sources.length > 20, `only ${sources.length} files were found`);
  const wrong = sources.flatMap((from) => {
    if (rankOf(from) === undefined) return [`${from} belongs to no layer`];
    return importsOf(from, true)
      .filter((to) => to.startsWith("src/") || /^(mod|cli)\.ts$|^workers\//.test(to))
      .map((to) => [to, objection(from, to)] as const)
      .filter(([, why]) => why !== undefined)
      .map(([to, why]) => `${from} imports ${to}, which ${why}`);
  });
  assertEquals(wrong, []);
});

Deno.test("the layers of the rule are checked in both directions", () => {
  const allowed: [from: string, to: string][] = [
    ["src/dtype.ts", "src/errors.ts"],
    ["src/array/a.ts", "src/array/memory/b.ts"],
    ["src/array/copy/a.ts", "src/array/layout/b.ts"],
    ["src/run/tiled_map.ts", "src/run/worker_pool.ts"],
    ["src/io/npy.ts", "src/array/a.ts"],
    ["src/io/zarr/a.ts", "src/io/objects/b.ts"],
    ["src/cli/run_cli.ts", "src/io/npy.ts"],
  ];
  for (const [from, to] of allowed) assertEquals(objection(from, to), undefined, `${from} to ${to}`);
  const refused: [from: string, to: string][] = [
    ["src/errors.ts", "src/dtype.ts"],
    ["src/array/memory/b.ts", "src/array/a.ts"],
    ["src/array/memory/a.ts", "src/array/layout/b.ts"],
    ["src/array/copy/a.ts", "src/array/a.ts"],
    ["src/array/copy/a.ts", "src/array/print/b.ts"],
    ["src/plan/a.ts", "src/kernel/b.ts"],
    ["src/run/run_tiles.ts", "src/run/worker_pool.ts"],
    ["src/io/npy.ts", "src/plan/a.ts"],
    ["src/run/tiled_map.ts", "src/io/npy.ts"],
    ["src/io/npy.ts", "src/cli/args.ts"],
    ["src/array/a.ts", "mod.ts"],
    ["src/array/a.ts", "src/other/b.ts"],
  ];
  for (const [from, to] of refused) assert(objection(from, to) !== undefined, `${from} to ${to}`);
});

Deno.test("importing the library or its worker loads no package and nothing of the command", () => {
  for (const entry of ["mod.ts", "workers/tile_worker.ts"]) {
    const loaded = [...loadedWith(entry)];
    assert(loaded.length > 5, `${entry} loads ${loaded}`);
    const foreign = loaded.filter((name) => !/^(mod\.ts$|src\/|workers\/|node:)/.test(name));
    assertEquals(foreign, [], `${entry} loads what is not its own`);
    assertEquals(loaded.filter((name) => name.startsWith("src/cli/")), [], `${entry} loads the command`);
  }
});

Deno.test("a worker loads nothing above what runs its tiles", () => {
  const ranks = [...loadedWith("workers/tile_worker.ts")].map((name) => rankOf(name) ?? 0);
  assertEquals(Math.max(...ranks), RUN);
});

/** The source files in whose code, comments apart, a pattern occurs. */
async function filesWith(pattern: RegExp): Promise<string[]> {
  const texts = await Promise.all(sources.map(async (file) => {
    const text = await Deno.readTextFile(new URL(file, root));
    return [file, text.replace(/\/\*[^]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "")] as const;
  }));
  return texts.filter(([, text]) => pattern.test(text)).map(([file]) => file);
}

Deno.test("only the pool makes workers, and only two files use Atomics: for the run and for the user", async () => {
  assertEquals(await filesWith(/\bnew \w*Worker\b/), ["src/run/worker_link.ts"]);
  assertEquals(await filesWith(/\bAtomics\b/), ["src/array/atomics.ts", "src/run/control_block.ts"]);
});
