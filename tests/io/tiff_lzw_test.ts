import { assert, assertEquals, assertLessOrEqual, assertThrows } from "@std/assert";
import { decodeLzw } from "../../src/io/tiff_lzw.ts";
import { Seeded } from "../seeded.ts";

/** Codes as TIFF files have them, slowly and obviously: a dictionary of texts by their bytes. */
function encode(bytes: Uint8Array): Uint8Array {
  let text = "", bits = 9, buffer = 0, held = 0;
  const out: number[] = [], codes = new Map<string, number>();
  const put = (code: number) => {
    buffer = buffer << bits | code;
    for (held += bits; held >= 8; held -= 8) out.push(buffer >> (held - 8) & 255);
    buffer &= (1 << held) - 1;
  };
  const clear = () => {
    put(256);
    codes.clear();
    bits = 9;
  };
  const codeOf = (one: string) => one.length === 1 ? one.charCodeAt(0) : codes.get(one);
  clear();
  for (const byte of bytes) {
    const longer = text + String.fromCharCode(byte);
    if (codeOf(longer) !== undefined) {
      text = longer;
      continue;
    }
    put(codeOf(text) ?? NaN);
    codes.set(longer, 258 + codes.size);
    if (codes.size + 258 === 4095) clear();
    else if (codes.size + 258 === 1 << bits) bits++;
    text = String.fromCharCode(byte);
  }
  if (text !== "") put(codeOf(text) ?? NaN);
  // Whoever reads has a text more by then.
  if (codes.size + 259 === 1 << bits && bits < 12) bits++;
  put(257);
  if (held > 0) out.push(buffer << (8 - held) & 255);
  return Uint8Array.from(out);
}

Deno.test("decodeLzw gives back what was encoded, through several dictionaries", () => {
  const random = new Seeded(5);
  for (const [length, values] of [[0, 1], [1, 1], [2, 1], [3000, 1], [20_000, 2], [20_000, 256], [9000, 7]]) {
    const bytes = Uint8Array.from({ length }, () => random.int(0, values - 1));
    const codes = encode(bytes);
    assertEquals(decodeLzw(codes, length), bytes);
    assertEquals(decodeLzw(codes, length + 100), bytes);
    assertEquals(decodeLzw(codes, length >> 1), bytes.slice(0, length >> 1));
  }
});

Deno.test("decodeLzw ends on whatever it is given, with no more than was asked for", () => {
  const random = new Seeded(6), good = encode(Uint8Array.from({ length: 5000 }, () => random.int(0, 8)));
  for (let k = 0; k < 3000; k++) {
    const codes = good.slice(0, 1 + random.int(0, good.length - 1));
    for (let i = 0; i < 3; i++) codes[random.int(0, Math.min(40, codes.length) - 1)] = random.int(0, 255);
    try {
      assertLessOrEqual(decodeLzw(codes, 5000).length, 5000);
    } catch (error) {
      assert(error instanceof RangeError);
    }
  }
  // Nine bits each: to clear, and a text that there is none of yet.
  assertThrows(
    () => decodeLzw(Uint8Array.of(128, 64, 160), 9),
    RangeError,
    "the LZW code 258 does not refer",
  );
});
