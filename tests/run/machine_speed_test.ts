import { assert, assertEquals, assertRejects } from "@std/assert";
import { PlanError } from "../../src/errors.ts";
import { measureMachine } from "../../src/run/machine_speed.ts";

Deno.test("a machine is measured with as many workers and bytes as are asked for", async () => {
  const speed = await measureMachine({ workers: 2, arrayBytes: 2 ** 20 + 3, budgetMs: 0 });
  assertEquals([speed.workers, speed.arrayBytes], [2, 2 ** 20]);
  // Any machine that runs this moves more than 10 MB and does more than 10^6 instructions a second.
  assert(speed.bandwidth > 1e7 && speed.bandwidth < 1e14, `${speed.bandwidth}`);
  assert(speed.compute > 1e6 && speed.compute < 1e15, `${speed.compute}`);
});

Deno.test("what cannot be measured is refused", async () => {
  const refused: readonly (readonly [options: object, message: string])[] = [
    [{ arrayByte: 8 }, "There is no option arrayByte: did you mean arrayBytes?"],
    [{ arrayBytes: 7 }, "The option arrayBytes must be an integer from 8 on, but is 7"],
    [{ arrayBytes: 9.5 }, "The option arrayBytes must be an integer from 8 on, but is 9.5"],
    [{ budgetMs: NaN }, "The option budgetMs must be a number of milliseconds, but is NaN"],
    [{ budgetMs: Infinity }, "The option budgetMs must be a number of milliseconds, but is Infinity"],
  ];
  for (const [options, message] of refused) {
    const error = await assertRejects(() => measureMachine(options), PlanError);
    assertEquals(error.message, message);
  }
});

Deno.test("a measurement can be stopped", async () => {
  const reason = new Error("enough");
  const error = await assertRejects(() =>
    measureMachine({ arrayBytes: 64, signal: AbortSignal.abort(reason) })
  );
  assertEquals(error, reason);
});
