/** Memory that cannot be had: what was asked for and what there was, in one sentence. */

import { assert, assertEquals, assertMatch, assertStrictEquals, assertThrows } from "@std/assert";
import { allocate, availableBytes, bytesInArrays } from "../../../src/array/memory/allocation.ts";
import { PAGE_BYTES, sharedBytesFor, sharedMemory } from "../../../src/array/memory/shared_memory.ts";
import { SharedNdArray } from "../../../src/array/shared_ndarray.ts";
import { AllocationError } from "../../../src/errors.ts";
import { withDeadline } from "../../deadline.ts";

const MIB = 2 ** 20;

Deno.test("what needs memory is tried again before it is given up, with what the runtime said as cause", () => {
  const failures: Error[] = [];
  const failTimes = (times: number) => () => {
    if (failures.length < times) {
      failures.push(new RangeError("Array buffer allocation failed"));
      throw failures[failures.length - 1];
    }
    return "memory";
  };
  assertEquals(allocate(8, "for nothing", failTimes(1)), "memory");
  failures.length = 0;
  const error = assertThrows(() => allocate(1.5e9, "for a test", failTimes(2)), AllocationError);
  assertEquals([failures.length, error.byteLength], [2, 1.5e9]);
  assertStrictEquals(error.cause, failures[1]);
  assertMatch(error.message, /^Cannot allocate 1\.5 GB \(1500000000 bytes\) for a test: /);
});

Deno.test("memory of arrays is counted until they are disposed", () => {
  const before = bytesInArrays();
  const large = SharedNdArray.zeros([3 * MIB], { dtype: "uint8" }), small = SharedNdArray.zeros([1]);
  const view = large.view(0);
  assertEquals(bytesInArrays() - before, sharedBytesFor(3 * MIB) + PAGE_BYTES);
  large.dispose();
  assertEquals(bytesInArrays() - before, PAGE_BYTES);
  assert(view.isDisposed);
  // The same memory again, out of what was kept.
  const again = SharedNdArray.zeros([3 * MIB], { dtype: "uint8" });
  assertEquals(bytesInArrays() - before, sharedBytesFor(3 * MIB) + PAGE_BYTES);
  again.dispose();
  small.dispose();
  assertEquals(bytesInArrays(), before);
});

Deno.test("memory of arrays that are dropped is counted until it is collected", async () => {
  const before = bytesInArrays();
  // More than after which a collection is asked for.
  (() => {
    for (let k = 0; k < 10; k++) SharedNdArray.zeros([64 * MIB], { dtype: "uint8" });
  })();
  for (let k = 0; k < 100 && bytesInArrays() - before > 400 * MIB; k++) {
    await new Promise((done) => setTimeout(done, 10));
  }
  assert(bytesInArrays() - before <= 400 * MIB, `${(bytesInArrays() - before) / MIB} MiB`);
});

Deno.test("sharedBytesFor is what an array's memory has", () => {
  for (
    const bytes of [0, 1, PAGE_BYTES, PAGE_BYTES + 1, MIB - 1, MIB, MIB + 1, 5 * MIB - 4096, 5 * MIB - 4095]
  ) {
    using array = SharedNdArray.zeros([bytes], { dtype: "uint8" });
    assertEquals(array.data.buffer.byteLength, sharedBytesFor(bytes));
  }
});

Deno.test("sharedMemory has whole pages, and 64-bit addresses where they are wanted or needed", () => {
  for (const [bytes, pages] of [[0, 1], [1, 1], [PAGE_BYTES, 1], [PAGE_BYTES + 1, 2]]) {
    for (const is64 of [false, true]) {
      const memory = sharedMemory(bytes, "for a test", bytes, is64);
      assertEquals(memory.buffer.byteLength, pages * PAGE_BYTES);
      assert(memory.buffer instanceof SharedArrayBuffer);
    }
  }
});

/** Runs a module in a process of its own, perhaps with a limit on its address space. */
async function run(code: string, permissions: readonly string[] = [], limitKb?: number): Promise<string> {
  const root = new URL("../../../", import.meta.url);
  const words = [Deno.execPath(), "run", "--no-prompt", "--no-check", "--allow-read", ...permissions, "-"];
  const limit = limitKb === undefined ? "" : `ulimit -v ${limitKb} && `;
  const child = new Deno.Command("bash", {
    args: ["-c", `${limit}exec "$@"`, "bash", ...words],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(code.replaceAll("ROOT/", root.href)));
  await writer.close();
  const { stdout, stderr } = await withDeadline(child.output(), () => {
    child.kill("SIGKILL");
    return "the process was still running";
  });
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

const TELL = `
  import { evaluate, median, SharedNdArray, tiledMap, WorkerPool } from "ROOT/mod.ts";
  const tell = async (what) => {
    try {
      await what();
      console.log("nothing failed");
    } catch (error) {
      console.log(JSON.stringify([error.name, error.message, error.available ?? error.cause?.available ?? null]));
    }
  };
`;

Deno.test("with the permission to ask, the error says what the machine has; without, what arrays have", async () => {
  const code = `${TELL}
    const kept = SharedNdArray.zeros([1_000_000]);
    await tell(() => SharedNdArray.zeros([1e11]));
    console.log(kept.size);`;
  const [known] = JSON.parse((await run(code, ["--allow-sys=systemMemoryInfo"])).split("\n", 1)[0] + "")
      .slice(1, 2),
    all = JSON.parse((await run(code, ["--allow-sys"])).split("\n", 1)[0]);
  const pattern =
    /^Cannot allocate 800 GB \(800000000000 bytes\) of shared memory: [\d.]+ [GM]B are available; a single array can have 17\.2 GB here$/;
  assertMatch(known, pattern);
  assertMatch(all[1], pattern);
  assert(all[2] > 0 && Number.isSafeInteger(all[2]), String(all[2]));
  const [name, message, available] = JSON.parse((await run(code)).split("\n", 1)[0]);
  assertEquals([name, available], ["AllocationError", null]);
  assertEquals(
    message,
    "Cannot allocate 800 GB (800000000000 bytes) of shared memory: this program has 8.06 MB in shared arrays " +
      "(what the machine has is known with --allow-sys); a single array can have 17.2 GB here",
  );
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "systemMemoryInfo" });
  assertEquals(typeof availableBytes() === "number", state === "granted");
});

/** An address space in which Deno runs, and which arrays soon fill without touching memory. */
const LIMIT_KB = 60_000_000;

/** Address space is not limited like that everywhere. */
const ignore = Deno.build.os !== "linux";

Deno.test({
  name: "when the address space is full, arrays, copies and typed arrays fail with an AllocationError",
  ignore,
  async fn() {
    const code = `${TELL}
      const kept = [];
      await tell(() => { for (;;) kept.push(SharedNdArray.zeros([2 ** 25])); });
      await tell(() => kept[0].toTyped());
      await tell(() => kept[0].copy());
      await tell(() => kept[0].astype("float32"));
      await tell(() => { const { data } = kept[0]; kept[0].set(1, 3); });
      console.log(kept.length);`;
    const lines = (await run(code, ["--allow-sys"], LIMIT_KB)).trim().split("\n");
    const sentence = (size: string, what: string) =>
      new RegExp(
        `^\\["AllocationError","Cannot allocate ${size} ${what}: [\\d.]+ GB are available, ` +
          `but not to this process, or not in one piece",\\d+\\]$`,
      );
    const large = "268 MB \\(268435456 bytes\\)";
    assertMatch(lines[0], sentence(large, "of shared memory"));
    assertMatch(lines[1], sentence(large, "for a typed array"));
    assertMatch(lines[2], sentence(large, "of shared memory"));
    assertMatch(lines[3], sentence("134 MB \\(134217728 bytes\\)", "of shared memory"));
    // The program goes on.
    assertEquals(lines[4], "nothing failed");
    assert(Number(lines[5]) > 10, lines[5]);
  },
});

Deno.test({
  name: "an allocation that fails in a worker ends the run with the sentence, and the pool can be used again",
  ignore,
  async fn() {
    const kernel = encodeURIComponent(
      `import { SharedNdArray } from "ROOT/mod.ts"; const kept = [];
       export default () => { for (;;) kept.push(SharedNdArray.zeros([2 ** 25])); }`
        .replaceAll("ROOT/", new URL("../../../", import.meta.url).href),
    );
    // Of 17 cells with 1.5 thousand million elements each, some at a time take much scratch.
    const code = `${TELL}
      const a = SharedNdArray.zeros([17, 1]).broadcastTo([17, 1_500_000_000]);
      await using pool = new WorkerPool({ workers: 1 });
      await tell(() => median(a, { axis: 1, pool, exact: true }));
      const kernel = new URL("data:text/javascript,${kernel}");
      await tell(() => tiledMap(kernel, { outputs: { b: SharedNdArray.zeros([4]) }, pool }));
      console.log((await evaluate("b + 1", { b: SharedNdArray.zeros([4]) }, { pool, exact: true })).toNested());`;
    const output = await run(code, ["--allow-sys"], LIMIT_KB);
    const [scratch, own, after] = output.trim().split("\n");
    assertMatch(
      scratch,
      /^\["WorkerError",".*: Cannot allocate \d+ GB \(\d+ bytes\) of shared memory: [\d.]+ GB are available; .*",\d+\]$/,
      output,
    );
    assertMatch(
      own,
      /^\["TileError","Kernel failed on tile \d+ at .*: AllocationError: Cannot allocate 268 MB .*",\d+\]$/,
    );
    assertEquals(after, "[ 1, 1, 1, 1 ]", output);
  },
});
