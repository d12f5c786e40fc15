import { assert, assertEquals, assertLess } from "@std/assert";
import { SharedNdArray } from "../../mod.ts";
import { withDeadline } from "../deadline.ts";
import { CAN_LIST, CAN_MOUNT, namesLike, PYTHON, python, uniqueName, withSmall } from "./shared_names.ts";

const ROOT = new URL("../../", import.meta.url);
const needsList = { ignore: !CAN_LIST }, needsPython = { ignore: !CAN_LIST || PYTHON === "" };

const HOLD = `
import { SharedNdArray } from "${new URL("mod.ts", ROOT)}";
const [name, ephemeral] = Deno.args;
const array = SharedNdArray.create({ name, shape: [1000], ephemeral: ephemeral === "true" });
array.fill(1);
console.log("ready");
setInterval(() => array.get(0), 1000);
`;

/** Kills a process that has created shared memory. */
async function createAndDie(name: string, isEphemeral: boolean): Promise<void> {
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(script, HOLD);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--allow-ffi",
      "--allow-read",
      "--config",
      "deno.json",
      script,
      name,
      `${isEphemeral}`,
    ],
    cwd: ROOT,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  try {
    const reader = child.stdout.getReader();
    await withDeadline(reader.read(), () => "the process did not begin");
    await reader.cancel();
  } finally {
    child.kill("SIGKILL");
    await child.status;
    await Deno.remove(script);
  }
}

Deno.test("killed, a process leaves what is not ephemeral", needsList, async () => {
  const [kept, gone] = [uniqueName(), uniqueName()];
  await Promise.all([createAndDie(kept, false), createAndDie(gone, true)]);
  assertEquals(await namesLike(gone), []);
  assertEquals(await namesLike(kept), [kept, `${kept}.tilewise`]);
  using array = SharedNdArray.open(kept, { shape: [1000] });
  assertEquals(array.get(999), 1);
  SharedNdArray.unlink(kept);
  assertEquals(await namesLike(kept), []);
});

Deno.test("Python reads and writes what was created here", needsPython, async () => {
  const name = uniqueName(), shape = [365, 16, 16];
  using tmp = SharedNdArray.create({ name, shape });
  tmp.copyFrom(SharedNdArray.random(shape, { seed: 5 }));
  const sum = tmp.values().reduce((a, b) => a + b);
  const printed = await python(
    `
import sys, numpy
from multiprocessing import resource_tracker, shared_memory
memory = shared_memory.SharedMemory(name=sys.argv[1])
# Before 3.13 Python removes at its end what it only attached to.
resource_tracker.unregister(memory._name, "shared_memory")
tmp = numpy.ndarray((365, 16, 16), "float64", memory.buf)
print(repr(float(tmp[364, 15, 15])), float(tmp.sum()))
tmp[1, 2, 3] = -7.5
del tmp
memory.close()
`,
    name,
  );
  const [last, total] = printed.split(" ").map(Number);
  assertEquals(last, tmp.get(364, 15, 15));
  assertLess(Math.abs(total - sum), 1e-6);
  assertEquals(tmp.get(1, 2, 3), -7.5);
});

Deno.test("without --allow-ffi it says so", async () => {
  const code = `import { SharedNdArray, UnsupportedError } from "${new URL("mod.ts", ROOT)}";
for (const call of [
  () => SharedNdArray.create({ name: "never", shape: [2] }),
  () => SharedNdArray.open("never", { shape: [2] }),
  () => SharedNdArray.unlink("never"),
]) try { call(); } catch (error) { console.log(error instanceof UnsupportedError, error.message); }`;
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(script, code);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", "--allow-read", "--config", "deno.json", script],
    cwd: ROOT,
  }).output();
  await Deno.remove(script);
  const line = ["linux", "darwin"].includes(Deno.build.os)
    ? "true Shared memory with a name is not to be had: it needs a permission: run with --allow-ffi\n"
    : `true Shared memory with a name is not to be had: it is there on Linux and macOS only, and this is ${Deno.build.os}\n`;
  assertEquals(new TextDecoder().decode(stdout), line.repeat(3));
});

Deno.test("a full folder of shared memory is an error and not the end", { ignore: !CAN_MOUNT }, async () => {
  const code = `import { AllocationError, SharedNdArray } from "${new URL("mod.ts", ROOT)}";
using small = SharedNdArray.create({ name: "small", shape: [1000] });
try { SharedNdArray.create({ name: "large", shape: [1000, 1000] }); }
catch (error) { console.log(error instanceof AllocationError, error.message); }
try { SharedNdArray.open("large", { shape: [1] }); } catch (error) { console.log(error.message); }
small.fill(1);`;
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(script, code);
  const { success, stdout } = await new Deno.Command("unshare", {
    args: [
      ...withSmall("/dev/shm"),
      ...[
        Deno.execPath(),
        "run",
        "--no-check",
        "--allow-ffi",
        "--allow-read",
        "--config",
        "deno.json",
        script,
      ],
    ],
    cwd: ROOT,
  }).output();
  await Deno.remove(script);
  assert(success);
  assertEquals(
    new TextDecoder().decode(stdout),
    "true Cannot create shared memory large of 8 MB (8000000 bytes): there is not enough room\n" +
      "Cannot open shared memory large: there is none of that name\n",
  );
});
