import { assertEquals, assertRejects } from "@std/assert";
import { FormatError } from "../../../src/errors.ts";
import { openZarr } from "../../../src/io/zarr/zarr_arrays.ts";
import { fixture } from "../helpers.ts";
import { printedValues } from "./stores.ts";

interface Case {
  readonly path: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly expect: readonly (number | string | boolean)[];
  readonly dimensionNames?: readonly (string | null)[];
}

const folder = decodeURIComponent(fixture("zarr").pathname);
const cases: Case[] = JSON.parse(Deno.readTextFileSync(`${folder}/cases.json`));

for (const { path, dtype, shape, expect, dimensionNames } of cases) {
  Deno.test(`${path}, which Python wrote, is read`, async () => {
    using array = await openZarr(`${folder}/${path}`);
    assertEquals([array.dtype, array.shape], [dtype, shape]);
    const whole = await array.read();
    assertEquals(printedValues(whole), expect);
    if (dimensionNames !== undefined) assertEquals(array.dimensionNames, dimensionNames);
    if (shape.includes(0)) return;
    const origin = shape.map((extent) => Math.floor(extent / 2));
    const box = { origin, shape: shape.map((extent, axis) => extent - origin[axis]) };
    assertEquals((await array.read(box)).equals(whole.box(box.origin, box.shape), { equalNaN: true }), true);
  });
}

Deno.test("attributes of Zarr 2 may hold what JSON does not", async () => {
  using tmp = await openZarr(`${folder}/v2.zarr/daily/tmp`);
  const { units, missing, big } = tmp.attributes;
  assertEquals([units, missing, big], ["K", NaN, 2 ** 60]);
});

const REFUSED: readonly [path: string, says: string][] = [
  ["v2.zarr/refused_complex", "v2.zarr/refused_complex holds elements of type <c8, which no dtype here has"],
  ["v2.zarr/refused_text", "<U5"],
  ["v2.zarr/refused_dates", "<M8[D]"],
  ["v2.zarr/refused_fields", "no dtype here has"],
  ["v2.zarr/refused_bz2", "the codec bz2, which is not known here"],
  ["v2.zarr/refused_quantized", "the codec quantize, which is not known here"],
  ["v3.zarr/refused_numcodecs", "the codec numcodecs.bz2, which is not known here"],
];

for (const [path, says] of REFUSED) {
  Deno.test(`${path} is refused in a sentence that names the reason`, async () => {
    await assertRejects(() => openZarr(`${folder}/${path}`), FormatError, says);
  });
}
