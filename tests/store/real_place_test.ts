import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { createArray, openArray } from "../../mod.ts";
import { isSameStored, realPlace } from "../../src/store/real_place.ts";

Deno.test("a place is the same by whatever name, also before something is there", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/in.zarr`);
    await Deno.symlink(`${folder}/in.zarr`, `${folder}/link.zarr`);
    const there = await realPlace(`${folder}/in.zarr/a/b`);
    for (const path of ["in.zarr//a/b", "./in.zarr/a/b/", "link.zarr/a/b", "in.zarr/a/./b"]) {
      assertEquals(await realPlace(`${folder}/${path}`), there, path);
    }
    assertNotEquals(await realPlace(`${folder}/in.zarr/a`), there);
    assertEquals(await realPlace("none.zarr/x"), await realPlace("./none.zarr/x"));
    assertEquals(await realPlace("/none.zarr/x"), await realPlace("//none.zarr/x/"));
    assertEquals(await realPlace("s3://bucket/a.zarr/x/"), "s3://bucket/a.zarr/x");
    using a = await createArray(`${folder}/in.zarr/x`, { shape: [2] });
    using again = await openArray(`${folder}/link.zarr/x`);
    using other = await createArray(`${folder}/in.zarr/y`, { shape: [2] });
    assert(await isSameStored(a, again));
    assertEquals(await isSameStored(a, other), false);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
