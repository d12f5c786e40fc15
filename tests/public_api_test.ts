import { assertSnapshot } from "@std/testing/snapshot";
import * as tilewise from "../mod.ts";
import * as scalars from "../src/expr.ts";

/** The names of what an object has of its own, without those that every class has. */
function membersOf(object: object): string[] {
  const everywhere = ["constructor", "length", "name", "prototype"];
  return Reflect.ownKeys(object).map(String).filter((name) => !everywhere.includes(name)).sort();
}

Deno.test("what mod.ts exports at run time", async (t) => {
  await assertSnapshot(t, Object.keys(tilewise).sort());
});

Deno.test("what expr.ts exports at run time", async (t) => {
  await assertSnapshot(t, Object.keys(scalars).sort());
});

Deno.test("what arrays and pools have as members", async (t) => {
  for (const type of [tilewise.SharedNdArray, tilewise.WorkerPool]) {
    await assertSnapshot(t, { static: membersOf(type), prototype: membersOf(type.prototype) }, {
      name: type.name,
    });
  }
});
