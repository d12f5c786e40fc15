import { assertEquals } from "@std/assert";
import { capture } from "./capture.ts";
import { inFolder } from "./in_folder.ts";

Deno.test("outputs may have names that all objects have", async () => {
  await inFolder(async (path) => {
    for (const name of ["toString", "constructor"]) {
      const { code, stderr } = await capture([
        "--expr",
        "1",
        "--output",
        `${name}=${path("o.npz")}`,
        "--quiet",
      ]);
      assertEquals([code, stderr], [0, ""]);
    }
  });
});
