import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { readArray } from "../../mod.ts";
import { FormatError } from "../../src/errors.ts";
import { requireJpegSize } from "../../src/io/tiff_jpeg.ts";
import { fixture, patched, withFolder } from "./helpers.ts";

/** A frame of one band, of a size and with its samples in each direction. */
function frame(height: number, width: number, samples = 0x11): number[] {
  return [0xff, 0xc0, 0, 11, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, samples, 0];
}

Deno.test("requireJpegSize finds frames, and nothing that looks like them", () => {
  const most = { width: 32, height: 16, bands: 1 };
  const large = frame(17, 32), table = [0xff, 0xdb, 0, 2 + large.length, ...large];
  const scan = [0xff, 0xda, 1, 2, 0xff, 0, 0xc0, 3, 0xff, 0xd0, 4];
  const good = [0xff, 0xd8, ...table, 0xff, ...frame(16, 32), ...scan, 0xff, 0xd9];
  requireJpegSize(Uint8Array.from(good), most);
  for (const bad of [large, frame(16, 33), frame(16, 32, 0x01), frame(16, 32, 0x15), frame(65535, 65535)]) {
    for (const before of [[], table, [0xff, 0xff], good]) {
      const bytes = Uint8Array.from([...before, ...bad]);
      assertThrows(() => requireJpegSize(bytes, most), RangeError, "more than its tile has");
    }
  }
  for (let cut = 0; cut <= good.length; cut++) {
    try {
      requireJpegSize(Uint8Array.from(good.slice(0, cut)), most);
    } catch (error) {
      assert(error instanceof RangeError);
    }
  }
});

Deno.test("a TIFF file whose JPEG block claims to be larger than its tile is refused, and takes no memory", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a.tif`, bytes = Deno.readFileSync(fixture("geotiff/jpeg.tif"));
    const at = bytes.findIndex((byte, k) => byte === 0xff && bytes[k + 1] === 0xc0);
    Deno.writeFileSync(path, bytes);
    assertEquals((await readArray(path)).shape, [12, 14]);
    Deno.writeFileSync(path, patched(bytes, at + 5, 0xff, 0xff, 0xff, 0xff));
    await assertRejects(() => readArray(path), FormatError, "a JPEG block claims 1 bands of 65535 x 65535");
  });
});
