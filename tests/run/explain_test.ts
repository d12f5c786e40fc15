import { assertEquals, assertRejects } from "@std/assert";
import { DisposedError, explain, ExpressionError, PlanError, SharedNdArray, slice } from "../../mod.ts";
import { cStrides } from "../../src/array/layout/strides.ts";
import { newPlace } from "../../src/run/explain_text.ts";

/** The lines of an explanation by their first word, without the sizes of code, which may change. */
async function linesOf(...args: Parameters<typeof explain>): Promise<Record<string, string>> {
  const lines = (await explain(...args)).split("\n");
  const end = lines.findIndex((line) => line.startsWith("loop"));
  const rest = lines.slice(end).map((
    line,
  ) => [line.split(" ")[0], line.slice(9).replace(/\d+ bytes of/, "some bytes of")]);
  return { program: lines.slice(1, end).map((line) => line.trim()).join("\n"), ...Object.fromEntries(rest) };
}

Deno.test("the program, the loop, what is read and written, and the code", async () => {
  const a = SharedNdArray.zeros([4, 6], { dtype: "float32" }),
    b = SharedNdArray.zeros([6], { dtype: "int16" });
  assertEquals(await linesOf("a * 2 + b", { a, b }), {
    program: "a: float32, an input\nb: int16, an input\nresult: float32 = a * 2 + float32(b)",
    loop: "[4, 6] as 4 rows of 6 elements, 4 to a vector; axes [0, 1] from the outermost in",
    reads: "a float32 contiguous, b int16 contiguous",
    writes: "out float32 contiguous",
    moves: "8.5 bytes an element: 4.5 read, 4 written, 0 copied",
    code:
      "4 vector instructions for 4 elements, some bytes of WebAssembly, fused multiply-add where the machine has it",
  });
});

Deno.test("layouts, memories, scalars, outputs and strictness are told", async () => {
  const a = SharedNdArray.zeros([6, 4]).transpose(), whole = SharedNdArray.zeros([4, 12], { dtype: "int8" });
  const wrapped = SharedNdArray.wrap(new SharedArrayBuffer(64), { shape: [4, 1] });
  const inputs = { a, b: whole.view(null, slice(0, 12, 2)), w: wrapped, k: 3n };
  const outputs = { x: whole.view(null, slice(1, 12, 2)), y: "float64" } as const;
  const lines = await linesOf("x = b * k; y = a + w", inputs, { outputs, strict: true });
  assertEquals(
    lines.loop,
    "[4, 6] as 4 rows of 6 elements, 2 to a vector; axes [0, 1] from the outermost in",
  );
  assertEquals(lines.reads, "b int8 strided, a float64 strided, w float64 in blocks");
  assertEquals(lines.writes, "x int8 strided, y float64 contiguous");
  assertEquals(lines.moves, "26 bytes an element: 17 read, 9 written, 8 copied");
  assertEquals(lines.code.endsWith("no fused multiply-add"), true);
  const turned = await linesOf("a * 2", { a }, { outputs: { x: SharedNdArray.zeros([6, 4]).transpose() } });
  assertEquals(
    turned.loop,
    "[4, 6] as 1 row of 24 elements, 2 to a vector; axes [1, 0] from the outermost in",
  );
  const none = await linesOf("index(0) * 2n", {}, {
    outputs: { x: SharedNdArray.zeros([3], { dtype: "int64" }) },
  });
  assertEquals([none.reads, none.moves], ["nothing", "8 bytes an element: 0 read, 8 written, 0 copied"]);
  const spread = await linesOf("b + c", { b: whole, c: SharedNdArray.zeros([4, 1]) });
  assertEquals(spread.reads, "b int8 contiguous, c float64 broadcast");
});

Deno.test("explaining touches no array, and refuses what running would refuse", async () => {
  const a = SharedNdArray.full([3], 5), out = SharedNdArray.full([3], 7);
  await explain("a * 2", { a }, { outputs: { out } });
  assertEquals([a.toNested(), out.toNested()], [[5, 5, 5], [7, 7, 7]]);
  const gone = SharedNdArray.zeros([3]);
  gone.dispose();
  await assertRejects(() => explain("a + gone", { a, gone }), DisposedError);
  await assertRejects(() => explain("a + b", { a }), ExpressionError, "Unknown name");
  await assertRejects(() => explain("a", { a }, { outputs: { x: "int8" } }), ExpressionError, "without loss");
  await assertRejects(
    () => explain(3 as never, { a }),
    PlanError,
    "must be an expression or an arrow function",
  );
});

Deno.test("a new array is where allocating puts it: beyond 4 GiB only with 64-bit addresses", () => {
  assertEquals(newPlace([2, 3], "int8"), { strides: cStrides([2, 3]), memory: "wasm32" });
  const memories = [2 ** 32 - 4096, 2 ** 32 - 4095, 2 ** 32].map((size) => newPlace([size], "int8").memory);
  assertEquals(memories, ["wasm32", "wasm64", "wasm64"]);
});
