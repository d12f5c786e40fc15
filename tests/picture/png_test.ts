import { assert, assertEquals } from "@std/assert";
import { encodePng } from "../../src/picture/png.ts";
import { Seeded } from "../seeded.ts";
import { decodePng } from "./decode_png.ts";

/** Pixels with so many colours, opaque or not. */
function pixels(
  width: number,
  height: number,
  colours: number,
  isOpaque: boolean,
): Uint8ClampedArray<ArrayBuffer> {
  const seeded = new Seeded(colours);
  const palette = Array.from({ length: colours }, (_, k) => {
    const opacity = isOpaque ? 255 : [0, 255, 128, 7][k % 4];
    return [seeded.int(0, 255), k & 255, k >> 8, opacity];
  });
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let at = 0; at < rgba.length; at += 4) rgba.set(palette[seeded.int(0, colours - 1)], at);
  return rgba;
}

const CASES = [1, 2, 3, 255, 256, 257, 1000].flatMap((colours) =>
  [true, false].map((isOpaque) => ({ colours, isOpaque, rgba: pixels(61, 53, colours, isOpaque) }))
);

Deno.test("PNG files hold the very pixels, by a decoder of our own", async () => {
  for (const { colours, isOpaque, rgba } of CASES) {
    const decoded = await decodePng(await encodePng(rgba, 61, 53));
    assertEquals([decoded.width, decoded.height], [61, 53]);
    assertEquals(decoded.rgba, rgba, `${colours} colours, opaque: ${isOpaque}`);
  }
});

Deno.test("PNG files have a palette where that is possible, and no opacity where all is opaque", async () => {
  for (const { isOpaque, rgba } of CASES) {
    const kinds = new Set(new Uint32Array(rgba.buffer));
    const { colourType } = await decodePng(await encodePng(rgba, 61, 53));
    assertEquals(colourType, kinds.size <= 256 ? 3 : isOpaque ? 2 : 6);
  }
});

Deno.test("PNG files hold the very pixels, by fast-png's decoder", async () => {
  const { convertIndexedToRgb, decode } = await import("fast-png");
  for (const { rgba } of CASES) {
    const decoded = decode(await encodePng(rgba, 61, 53), { checkCrc: true });
    const data = decoded.palette === undefined ? decoded.data : convertIndexedToRgb(decoded);
    const channels = decoded.palette?.[0].length ?? decoded.channels;
    const full = Array.from(
      { length: 61 * 53 },
      (
        _,
        k,
      ) => [...data.subarray(channels * k, channels * k + 3), channels === 4 ? data[channels * k + 3] : 255],
    );
    assertEquals(full.flat(), [...rgba]);
  }
});

/** Decodes a PNG file from standard input, with what Python has of itself, to the bytes of its pixels. */
const PYTHON = `
import struct, sys, zlib
png = sys.stdin.buffer.read()
assert png[:8] == b"\\x89PNG\\r\\n\\x1a\\n"
at, data, palette, opacity = 8, b"", b"", b""
while at < len(png):
    size, kind = struct.unpack(">I4s", png[at:at + 8])
    body = png[at + 8:at + 8 + size]
    assert struct.unpack(">I", png[at + 8 + size:at + 12 + size])[0] == zlib.crc32(kind + body), kind
    if kind == b"IHDR": width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", body)
    if kind == b"PLTE": palette = body
    if kind == b"tRNS": opacity = body
    if kind == b"IDAT": data += body
    at += 12 + size
assert depth == 8 and interlace == 0
channels = {2: 3, 3: 1, 6: 4}[colour]
raw, out = zlib.decompress(data), bytearray()
for row in range(height):
    start = row * (1 + channels * width)
    assert raw[start] == 0
    for k in range(width):
        cell = raw[start + 1 + channels * k:start + 1 + channels * (k + 1)]
        if colour == 3:
            n = cell[0]
            cell = palette[3 * n:3 * n + 3] + (opacity[n:n + 1] or b"\\xff")
        out += cell if len(cell) == 4 else cell + b"\\xff"
sys.stdout.buffer.write(out)
`;

const hasPython = await new Deno.Command("/usr/bin/env", {
  args: ["python3", "-c", "import zlib"],
  stderr: "null",
})
  .output().then(({ success }) => success, () => false);

Deno.test({
  name: "PNG files hold the very pixels, by Python",
  ignore: !hasPython,
  async fn() {
    for (const { rgba } of CASES.filter(({ colours }) => colours === 3 || colours > 256)) {
      await using python = new Deno.Command("/usr/bin/env", {
        args: ["python3", "-c", PYTHON],
        stdin: "piped",
        stdout: "piped",
        stderr: "inherit",
        signal: AbortSignal.timeout(30_000),
      }).spawn();
      const writer = python.stdin.getWriter();
      await writer.write(await encodePng(rgba, 61, 53));
      await writer.close();
      const { success, stdout } = await python.output();
      assert(success);
      assertEquals(new Uint8ClampedArray(stdout), rgba);
    }
  },
});
