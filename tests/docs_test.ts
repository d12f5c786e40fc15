import { assert, assertEquals } from "@std/assert";

/** A doc comment in the output of `deno doc --json`. */
interface Comment {
  readonly doc?: string;
  readonly tags?: readonly { readonly kind: string; readonly doc?: string }[];
}

/** A method there, of a class or an interface. */
interface Method {
  readonly name: string;
  readonly kind: string;
  readonly isStatic?: boolean;
  readonly accessibility?: string;
  readonly jsDoc?: Comment;
  readonly functionDef?: { readonly hasBody?: boolean };
}

/** An exported symbol there: several declarations are overloads, or a type and a value of one name. */
interface ExportedSymbol {
  readonly name: string;
  readonly declarations: readonly {
    readonly kind: string;
    readonly jsDoc?: Comment;
    readonly def: { readonly hasBody?: boolean; readonly methods?: readonly Method[] };
  }[];
}

/** A declaration of what must be documented. */
interface Declared {
  readonly name: string;
  readonly comment?: Comment;
  /** Only of overloads: those without a body are what a user sees. */
  readonly hasBody: boolean;
}

/** The exported symbols of a module. */
async function exportsOf(module: string): Promise<readonly ExportedSymbol[]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", "--no-lock", "--no-remote", "--no-npm", module],
    cwd: new URL("../", import.meta.url),
    signal: AbortSignal.timeout(60_000),
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const { nodes }: { nodes: Record<string, { symbols: ExportedSymbol[] }> } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  return Object.values(nodes).flatMap(({ symbols }) => symbols);
}

/** Whether a method needs an example: accessors and those whose names are well-known symbols do not. */
function isNamedMethod({ name, kind, accessibility = "public" }: Method): boolean {
  return kind === "method" && accessibility === "public" && !name.startsWith("[");
}

/** The declarations of symbols, and those of the methods of classes. */
function declarationsOf(symbols: readonly ExportedSymbol[]): Declared[] {
  return symbols.flatMap(({ name, declarations }) =>
    declarations.flatMap(({ kind, jsDoc, def: { hasBody = false, methods = [] } }) => [
      { name, comment: jsDoc, hasBody },
      ...(kind === "class" ? methods : []).filter(isNamedMethod).map((method) => ({
        name: method.isStatic ? `${name}.${method.name}` : `${name}.prototype.${method.name}`,
        comment: method.jsDoc,
        hasBody: method.functionDef?.hasBody ?? false,
      })),
    ])
  );
}

/** Whether a comment has an example that `deno test --doc` runs. */
function hasExample(comment: Comment | undefined): boolean {
  return (comment?.tags ?? []).some(({ kind, doc = "" }) => kind === "example" && /^```ts$/m.test(doc));
}

/** What is missing: each signature needs a description, and each name an example for one of its signatures. */
function gaps(symbols: readonly ExportedSymbol[]): string[] {
  const byName = Map.groupBy(declarationsOf(symbols), ({ name }) => name);
  return byName.entries().toArray().flatMap(([name, declared]) => {
    const overloads = declared.filter(({ hasBody }) => !hasBody);
    const seen = overloads.length > 0 ? overloads : declared;
    const missing: string[] = [];
    if (!seen.every(({ comment }) => comment?.doc?.trim())) missing.push(`${name} has no description`);
    if (!seen.some(({ comment }) => hasExample(comment))) missing.push(`${name} has no example that runs`);
    return missing;
  });
}

Deno.test("every exported symbol, and every method of its classes, has a description and an example", async () => {
  const symbols = await exportsOf("mod.ts");
  assert(symbols.length >= 90, `only ${symbols.length} symbols were found`);
  const names = new Set(declarationsOf(symbols).map(({ name }) => name));
  for (
    const name of ["tiledMap", "Shape", "SharedNdArray.from", "SharedNdArray.prototype.view", "TileError"]
  ) {
    assert(names.has(name), `${name} was not found`);
  }
  assertEquals(gaps([...symbols, ...await exportsOf("src/expr.ts")]), []);
});

const example = { kind: "example", doc: "```ts\nassert(true);\n```" };
const full: Comment = { doc: "What it does.", tags: [{ kind: "param" }, example] };
const short: Comment = { doc: "What it does." };

function functionSymbol(name: string, ...comments: (Comment | undefined)[]): ExportedSymbol {
  return { name, declarations: comments.map((jsDoc) => ({ kind: "function", jsDoc, def: {} })) };
}

Deno.test("a symbol without description or example is found", () => {
  assertEquals(gaps([functionSymbol("good", full)]), []);
  assertEquals(gaps([functionSymbol("bare", undefined)]), [
    "bare has no description",
    "bare has no example that runs",
  ]);
  assertEquals(gaps([functionSymbol("short", short), functionSymbol("untold", { tags: [example] })]), [
    "short has no example that runs",
    "untold has no description",
  ]);
  for (const doc of ["assert(true);", "```ts ignore\nassert(true);\n```", "```text\nassert(true);\n```"]) {
    const comment = { doc: "What it does.", tags: [{ kind: "example", doc }] };
    assertEquals(gaps([functionSymbol("still", comment)]), ["still has no example that runs"]);
  }
});

Deno.test("of overloads one has an example, all have a description, and what implements them has neither", () => {
  const implementation = { kind: "function", def: { hasBody: true } };
  const overloaded = (...comments: (Comment | undefined)[]) => {
    const { name, declarations } = functionSymbol("from", ...comments);
    return [{ name, declarations: [...declarations, implementation] }];
  };
  assertEquals(gaps(overloaded(short, full)), []);
  assertEquals(gaps(overloaded(full, undefined)), ["from has no description"]);
  assertEquals(gaps(overloaded(short, short)), ["from has no example that runs"]);
  assertEquals(gaps([{ name: "alone", declarations: [implementation] }]).length, 2);
});

Deno.test("methods count, static ones apart; private ones, accessors, symbols and those of interfaces do not", () => {
  const methods: Method[] = [
    { name: "of", kind: "method", isStatic: true, jsDoc: full, functionDef: { hasBody: true } },
    { name: "of", kind: "method", isStatic: false, jsDoc: short, functionDef: { hasBody: true } },
    { name: "at", kind: "method", accessibility: "public", functionDef: { hasBody: true } },
    { name: "secret", kind: "method", accessibility: "private" },
    { name: "size", kind: "getter" },
    { name: "[Symbol.dispose]", kind: "method" },
  ];
  const made = (kind: string) => [{ name: "Made", declarations: [{ kind, jsDoc: full, def: { methods } }] }];
  assertEquals(gaps(made("interface")), []);
  assertEquals(gaps(made("class")), [
    "Made.prototype.of has no example that runs",
    "Made.prototype.at has no description",
    "Made.prototype.at has no example that runs",
  ]);
});
