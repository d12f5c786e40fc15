import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { PendingFile, writeAll, writeAtomically } from "../../src/io/atomic_write.ts";
import { namesIn, withFolder } from "./helpers.ts";

const write = (text: string) => (file: Deno.FsFile) => writeAll(file, new TextEncoder().encode(text));

Deno.test("writeAtomically writes a file and leaves nothing else", async () => {
  await withFolder(async (folder) => {
    await writeAtomically(`${folder}/a.txt`, write("one"));
    await writeAtomically(new URL(`file://${folder}/a.txt`), write("two"));
    assertEquals(namesIn(folder), ["a.txt"]);
    assertEquals(Deno.readTextFileSync(`${folder}/a.txt`), "two");
  });
});

Deno.test("writeAtomically keeps the old file when writing fails", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a.txt`;
    Deno.writeTextFileSync(path, "old");
    const fail = async (file: Deno.FsFile) => {
      await Promise.resolve();
      write("half of")(file);
      throw new Error("disk full");
    };
    await assertRejects(() => writeAtomically(path, fail), Error, "disk full");
    assertEquals(namesIn(folder), ["a.txt"]);
    assertEquals(Deno.readTextFileSync(path), "old");
  });
});

Deno.test("PendingFile reserves, commits once, and removes what was not committed", async () => {
  await withFolder(async (folder) => {
    {
      using pending = PendingFile.reserve(`${folder}/a.txt`);
      assertEquals(pending.path, `${folder}/a.txt`);
      const [temporary, ...more] = namesIn(folder);
      assert(temporary.startsWith(".a.txt.") && temporary.endsWith(".tmp"));
      assertEquals(more, []);
    }
    assertEquals(namesIn(folder), []);
    using pending = PendingFile.reserve(`${folder}/a.txt`);
    await pending.commit(write("done"));
    await assertRejects(() => pending.commit(write("again")), TypeError, "already written or given up");
    assertEquals(Deno.readTextFileSync(`${folder}/a.txt`), "done");
    assertEquals(namesIn(folder), ["a.txt"]);
  });
});

Deno.test("PendingFile.reserve refuses paths that cannot be written, and leaves nothing", async () => {
  await withFolder((folder) => {
    assertThrows(
      () => PendingFile.reserve(`${folder}/none/a.txt`),
      Deno.errors.NotFound,
      `Cannot write ${folder}/none/a.txt: no such folder: ${folder}/none/`,
    );
    assertThrows(() => PendingFile.reserve(folder), Deno.errors.IsADirectory, `${folder} is a directory`);
    assertEquals(namesIn(folder), []);
  });
});

Deno.test("PendingFile.reserve needs permission to read and to write", {
  permissions: { read: true, write: false },
}, () => {
  assertThrows(() => PendingFile.reserve("a.txt"), Deno.errors.NotCapable, "Requires write access");
});

Deno.test({
  name: "PendingFile follows links, keeps permissions and refuses devices",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await withFolder(async (folder) => {
      Deno.writeTextFileSync(`${folder}/real.txt`, "old", { mode: 0o640 });
      Deno.symlinkSync(`${folder}/real.txt`, `${folder}/link.txt`);
      await writeAtomically(`${folder}/link.txt`, write("new"));
      assertEquals(Deno.readTextFileSync(`${folder}/real.txt`), "new");
      assert(Deno.lstatSync(`${folder}/link.txt`).isSymlink);
      assertEquals((Deno.statSync(`${folder}/real.txt`).mode ?? 0) & 0o777, 0o640);
      assertThrows(() => PendingFile.reserve("/dev/null"), TypeError, "/dev/null is a pipe or a device");
      assertEquals(namesIn(folder), ["link.txt", "real.txt"]);
    });
  },
});
