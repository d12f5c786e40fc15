import { assertEquals } from "@std/assert";
import { SharedNdArray, tiledMap, WorkerPool } from "../../mod.ts";
import { ReceivedModules, SentModules } from "../../src/run/known_modules.ts";
import type { KernelMessage, StartMessage } from "../../src/run/protocol.ts";
import { withDeadline } from "../deadline.ts";
import { forEachSeed } from "../seeded.ts";

const EMPTY = new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));

/** A message that names a kernel. */
function message(key: string): KernelMessage {
  const compiled = { key, operands: [], axes: [], indexAxes: [], elements: 2, weight: 1, halo: null };
  return { kind: "compiled", compiled, module: EMPTY, scalars: [] };
}

Deno.test("whatever comes in whatever order, a worker has each module that is left out", () => {
  forEachSeed(20, (random) => {
    const sent = new SentModules(), received = new ReceivedModules();
    let leftOut = 0;
    for (let k = 0; k < 2000; k++) {
      const kernel = sent.withoutKnown(message(`kernel ${random.int(0, random.oneIn(2) ? 30 : 120)}`));
      if (kernel.kind === "compiled" && kernel.module === null) leftOut++;
      // Only the kernel of a message matters here.
      const { kernel: complete } = received.complete({ kernel } as StartMessage);
      assertEquals(complete.kind === "compiled" && complete.module, EMPTY);
    }
    assertEquals(leftOut > 100 && leftOut < 1999, true);
  });
});

Deno.test("expressions that a kernel evaluates on a worker do not push out those of its pool", async () => {
  const mod = new URL("../../mod.ts", import.meta.url).href;
  const kernel = new URL(
    "data:text/javascript," + encodeURIComponent(
      `import { evaluate } from ${JSON.stringify(mod)};
       export default async ({ a }) => { for (let k = 0; k < 80; k++) await evaluate("2 * b + " + k, { b: a }) };`,
    ),
  );
  await using pool = new WorkerPool({ workers: 1 });
  const inputs = { a: SharedNdArray.from([1, 2]) };
  const plusOne = () => tiledMap("a + 1", { inputs, pool, exact: true });
  await withDeadline(plusOne(), () => "the first run");
  await withDeadline(tiledMap(kernel, { inputs, pool }), () => "the kernel");
  const { outputs } = await withDeadline(plusOne(), () => "the last run");
  assertEquals(outputs.out.toNested(), [2, 3]);
});
