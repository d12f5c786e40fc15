import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { evaluate, readArray, SharedNdArray } from "../../mod.ts";
import {
  CAN_LIST,
  CAN_MOUNT,
  HAS_SHARED_MEMORY,
  namesLike,
  PYTHON,
  python,
  uniqueName,
  withSmall,
} from "../array/shared_names.ts";
import { capture } from "./capture.ts";
import { inFolder } from "./in_folder.ts";

const ROOT = new URL("../../", import.meta.url);
const needsMemory = { ignore: !HAS_SHARED_MEMORY }, needsList = { ignore: !CAN_LIST };
const needsPython = { ignore: !CAN_LIST || PYTHON === "" };

/** The command in a process of its own. */
async function command(
  words: readonly string[],
  permissions: readonly string[] = ["--allow-read", "--allow-ffi"],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", ...permissions, "cli.ts", ...words],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(60_000),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("arrays in shared memory are inputs and outputs, and nothing is copied", needsMemory, async () => {
  const name = uniqueName(), shape = [20, 16, 16];
  using tmp = SharedNdArray.create({ name: `${name}t`, shape });
  using vpd = SharedNdArray.create({ name: `${name}v`, shape });
  tmp.copyFrom(SharedNdArray.random(shape, { seed: 1 }));
  const expected = await evaluate("2 * tmp", { tmp });
  for (const words of [[], ["--exact", "--workers", "2"], ["--isolation", "contained"]]) {
    vpd.fill(0);
    const { code, stdout, stderr } = await capture([
      ...["--expr", "2 * tmp", "--json", ...words],
      ...["--input", `tmp=shm:${name}t:float64:20,16,16`, "--output", `vpd=shm:${name}v:float64:20,16,16`],
    ]);
    assertEquals([code, stderr], [0, `Wrote vpd to shm:${name}v:float64:20,16,16 (float64 [20, 16, 16])\n`]);
    assertEquals(JSON.parse(stdout).memory.copied, 0);
    assert(vpd.equals(expected));
  }
  // What was created here knows its dtype and shape; a segment may be changed in place.
  const { code } = await capture([
    ...["--expr", "0 - tmp", "--input", `tmp=shm:${name}t`, "--output", `vpd=shm:${name}t`, "--quiet"],
  ]);
  assertEquals([code, tmp.get(3, 2, 1) < 0], [0, true]);
});

Deno.test("an output that is not there is created, and left", needsList, async () => {
  const name = uniqueName();
  const { code, stderr } = await command([
    ...["--expr", "tmp + rad", "--shape", "8,4", "--dtype", "float32", "--output", `vpd=shm:${name}`],
  ]);
  assertEquals([code, stderr], [0, `Wrote vpd to shm:${name} (float32 [8, 4])\n`]);
  {
    using vpd = SharedNdArray.open(name, { shape: [8, 4], dtype: "float32" });
    assert(vpd.get(7, 3) > 0);
  }
  const listed = await capture(["shm", "list", "--json"]);
  const { segments } = JSON.parse(listed.stdout);
  const own = segments.find((segment: { name: string }) => segment.name === name);
  assertEquals([own.dtype, own.shape, own.bytes, own.owner], ["float32", [8, 4], 128, "left"]);
  assertEquals(await capture(["shm", "clean", name]), { code: 0, stdout: `Removed ${name}\n`, stderr: "" });
  assertEquals(await namesLike(name), []);
});

Deno.test("of several names those that are there are removed, and the others told", needsMemory, async () => {
  const [a, b] = [uniqueName(), uniqueName()];
  using _held = SharedNdArray.create({ name: b, shape: [4] });
  const { code, stderr } = await capture(["shm", "clean", a, b]);
  assertEquals([code, stderr], [
    2,
    `error: Cannot remove shared memory ${a}: there is none of that name; removed: ${b}\n`,
  ]);
  assertEquals((await capture(["shm", "clean", b])).code, 2);
});

Deno.test("a reduction goes to shared memory too", needsMemory, async () => {
  const name = uniqueName();
  using total = SharedNdArray.create({ name, shape: [3] });
  await inFolder(async (path) => {
    const words = ["--shape", "5,3", "--expr", "tmp", "--reduce", "sum", "--axis", "0", "--quiet"];
    assertEquals((await capture([...words, "--output", `total=shm:${name}:float64:3`])).code, 0);
    assertEquals((await capture([...words, "--output", `total=${path("total.npy")}`])).code, 0);
    assert((await readArray(path("total.npy"))).equals(total));
  });
});

Deno.test("a run that fails leaves no output that it created", needsList, async () => {
  const name = uniqueName(), kernel = new URL("../kernels/fail_on_tile_3.ts", import.meta.url).href;
  const { code } = await capture(["--kernel", kernel, "--output", `vpd=shm:${name}`, "--quiet"]);
  assertEquals(code, 1);
  assertEquals(await namesLike(name), []);
});

Deno.test("what is wrong is said in one sentence, before anything is computed", needsMemory, async () => {
  const name = uniqueName(), none = uniqueName();
  using _ = SharedNdArray.create({ name, shape: [4] });
  const cases: [words: string[], error: string][] = [
    [
      ["--input", `tmp=shm:${none}:float64:4`],
      `Cannot open shared memory ${none}: there is none of that name`,
    ],
    [
      ["--input", `tmp=shm:${name}:float64:5`],
      `Shared memory ${name} has 32 bytes, too few for float64 [5], which takes 40`,
    ],
    [
      ["--input", `tmp=shm:${none}`],
      `--input shm:${none} needs dtype and shape, as in shm:${none}:float64:365,16,16`,
    ],
    [
      ["--input", "tmp=shm:"],
      "--input shm: is not of the form shm:NAME:DTYPE:SHAPE, as in shm:tmp:float64:365,16,16",
    ],
    [
      ["--input", `tmp=shm:${name}:float46:4`],
      `--input shm:${name}:float46:4: float46 is not a dtype (did you mean float16?): expected one of `,
    ],
    [
      ["--input", `tmp=shm:${name}:float64:4,x`],
      `--input shm:${name}:float64:4,x: 4,x: x is not a positive integer`,
    ],
    [
      ["--input", `tmp=shm:${name}:float64:4`, "--output", `vpd=shm:${none}:float64:5`],
      `--output shm:${none}:float64:5: the result is float64 [4]`,
    ],
    [
      ["--input", `tmp=shm:${name}:float64:2`, "--output", `vpd=shm:${name}:float64:3`],
      `--output shm:${name}:float64:3: the result is float64 [2]`,
    ],
    [["--input", `tmp=shm:../a:float64:4`], `Shared memory cannot be named "../a": expected 1 to `],
  ];
  for (const [words, error] of cases) {
    const { code, stdout, stderr } = await capture([...words, "--expr", "tmp + 1"]);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, `error: ${error}`);
    assertEquals(stderr.split("\n").length, 2);
  }
});

Deno.test("without --allow-ffi it names the flag", async () => {
  for (const flags of [["--input", "tmp=shm:x:float64:4"], ["--output", "vpd=shm:x"]]) {
    const { code, stdout, stderr } = await command(["--expr", "tmp + 1", ...flags], ["--allow-read"]);
    assertEquals([code, stdout], [2, ""]);
    assertMatch(
      stderr,
      /^error: --(in|out)put shm:x\S* is shared memory: it needs a permission: run with --allow-ffi\n$/,
    );
  }
  const { code, stderr } = await command(["shm", "list"], ["--allow-read"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "--allow-ffi");
});

Deno.test("workers in a sandbox need no permission for it", needsMemory, async () => {
  const name = uniqueName();
  using tmp = SharedNdArray.create({ name, shape: [40] }).fill(1);
  const words = ["--expr", "tmp + 1", "--input", `tmp=shm:${name}`, "--output", `vpd=shm:${name}`];
  const { code, stderr } = await command(
    [...words, "--sandbox", "--exact", "--workers", "2", "--quiet"],
    ["--unstable-worker-options", "--deny-import", "--allow-read", "--allow-ffi"],
  );
  assertEquals([code, stderr], [0, ""]);
  assertEquals(tmp.toNested(), Array(40).fill(2));
});

/** Creates shared memory and is killed, or waits. */
const CREATE = `import { SharedNdArray } from "${new URL("mod.ts", ROOT)}";
const [name, dies] = Deno.args;
const array = SharedNdArray.create({ name, shape: [10, 10], dtype: "int16" });
if (dies === "true") Deno.kill(Deno.pid, "SIGKILL");
setInterval(() => array.get(0, 0), 1000);`;

/** What happens where nobody else has shared memory; the arguments are the script, and the runtime's command. */
const STEPS = `
script=$1; shift
"$@" "$script" lost true
"$@" "$script" alive false & alive=$!
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  test -s /dev/shm/alive.tilewise && break; sleep 0.2
done
"$@" cli.ts --shape 4 --output vpd=shm:left --quiet
"$@" cli.ts shm list
"$@" cli.ts shm clean --json
ls /dev/shm
kill -9 $alive; wait $alive
"$@" cli.ts shm clean
"$@" cli.ts shm list --json | grep -o '"name":"[a-z]*"'
rm /dev/shm/left; printf 12345678 > /dev/shm/left
"$@" cli.ts shm list | grep -o gone
"$@" cli.ts shm clean --all
"$@" cli.ts shm list
ls /dev/shm
`;

Deno.test(
  "what killed processes left is listed and removed, and nothing else",
  { ignore: !CAN_MOUNT },
  async () => {
    const script = await Deno.makeTempFile({ suffix: ".ts" });
    await Deno.writeTextFile(script, CREATE);
    const { stdout } = await new Deno.Command("unshare", {
      args: [
        ...withSmall("/dev/shm"),
        ...["sh", "-c", STEPS, "sh", script],
        ...[Deno.execPath(), "run", "--no-check", "--allow-all", "--config", "deno.json"],
      ],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stderr: "null",
      signal: AbortSignal.timeout(60_000),
    }).output();
    await Deno.remove(script);
    const [head, alive, left, lost, ...rest] = new TextDecoder().decode(stdout).trimEnd().split("\n");
    assertMatch(head, /^name +size +array +age +process +which$/);
    assertMatch(alive, /^alive +200 B +int16 \[10, 10\] +\d+ s +\d+ +running$/);
    assertMatch(left, /^left +32 B +float64 \[4\] +\d+ s +\d+ +left$/);
    assertMatch(lost, /^lost +200 B +int16 \[10, 10\] +\d+ s +\d+ +ended$/);
    assertEquals(rest, [
      '{"$schema":"urn:tilewise:shm:1","version":1,"removed":["lost"]}',
      ...["alive", "alive.tilewise", "left", "left.tilewise"],
      "Removed alive",
      '"name":"left"',
      "gone",
      "Nothing to remove",
      "No shared memory that was created here is left",
      // Somebody else's by then, and so not removed.
      "left",
    ]);
  },
);

Deno.test("the words of shm are checked", needsMemory, async () => {
  const cases: [words: string[], error: string][] = [
    [[], "shm needs a word more: list or clean"],
    [["lst"], "Unknown word behind shm lst: did you mean list?"],
    [["list", "--al"], "Unknown flag --al: did you mean --all?"],
    [["list", "a"], "shm list takes no names: it shows what there is"],
    [["clean", "a", "--all"], "shm clean takes names or --all, not both"],
    [["clean", "007-none"], "Cannot remove shared memory 007-none: there is none of that name"],
  ];
  for (const [words, error] of cases) {
    assertEquals(await capture(["shm", ...words]), { code: 2, stdout: "", stderr: `error: ${error}\n` });
  }
  assertStringIncludes((await capture(["shm", "--help"])).stdout, "shm clean [NAME…]");
});

Deno.test("Python creates, the command computes, Python reads", needsPython, async () => {
  const printed = await python(
    `
import subprocess, sys, numpy
from multiprocessing import shared_memory
name, deno, root = sys.argv[1:]
shape, size = (365, 16, 16), 365 * 16 * 16 * 8
memory = {k: shared_memory.SharedMemory(name=name + k, create=True, size=size) for k in ("tmp", "rad", "vpd")}
arrays = {k: numpy.ndarray(shape, "float64", memory[k].buf) for k in memory}
random = numpy.random.default_rng(1)
arrays["tmp"][:] = random.random(shape)
arrays["rad"][:] = random.random(shape)
done = subprocess.run([deno, "run", "--no-check", "--no-prompt", "--allow-read", "--allow-ffi", "cli.ts", "--json",
  "--exact", "--expr", "tmp + rad", "--input", f"tmp=shm:{name}tmp:float64:365,16,16",
  "--input", f"rad=shm:{name}rad:float64:365,16,16", "--output", f"vpd=shm:{name}vpd:float64:365,16,16"],
  cwd=root, capture_output=True, text=True)
print(done.returncode, (arrays["vpd"] == arrays["tmp"] + arrays["rad"]).all(), '"copied":0' in done.stdout)
del arrays
for one in memory.values():
    one.close()
    one.unlink()
`,
    uniqueName(),
    Deno.execPath(),
    decodeURIComponent(ROOT.pathname),
  );
  assertEquals(printed, "0 True True\n");
});

Deno.test("the command creates, Python reads", needsPython, async () => {
  const name = uniqueName();
  await capture(["--expr", "tmp + rad", "--seed", "3", "--output", `vpd=shm:${name}`, "--quiet"]);
  const printed = await python(
    `
import sys, numpy
from multiprocessing import resource_tracker, shared_memory
memory = shared_memory.SharedMemory(name=sys.argv[1])
# Before 3.13 Python removes at its end what it only attached to.
resource_tracker.unregister(memory._name, "shared_memory")
print(repr(float(numpy.ndarray((365, 16, 16), "float64", memory.buf)[364, 15, 14])))
memory.close()
`,
    name,
  );
  using vpd = SharedNdArray.open(name, { shape: [365, 16, 16] });
  assertEquals(Number(printed), vpd.get(364, 15, 14));
  SharedNdArray.unlink(name);
});
