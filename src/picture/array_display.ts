/**
 * How arrays show in Deno's Jupyter kernel: importing this module adds how they lie in memory, and pictures of those
 * that are larger than a table shows well.
 *
 * @module
 */

import { type JupyterBundle, jupyterBundle } from "../array/print/html.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import { showBytes } from "../errors.ts";

/** What the kernel looks for. */
const DISPLAY = Symbol.for("Jupyter.display");

/** Of a smaller array the table shows as much as a picture. */
const LEAST_EXTENT = 8;

/** Pixels along the longer side of a picture at most, and about how many there shall be. */
const MOST_PIXELS = 512, GOOD_PIXELS = 360;

function displayOf(this: SharedNdArray): JupyterBundle | Promise<JupyterBundle> {
  if (this.isDisposed) return { "text/plain": this.toString(), "text/html": `<p>${this.toString()}</p>` };
  const { "text/plain": text, "text/html": table } = jupyterBundle(this);
  const facts = `<p style="font-family: monospace; opacity: 0.6">${placeOf(this)}</p>`;
  const bundle = (image: string) => ({
    "text/plain": text,
    "text/html": `<div>${image}${table}${facts}</div>`,
  });
  const isLarge = this.ndim === 2 && this.shape.every((extent) => extent >= LEAST_EXTENT);
  return isLarge ? imageOf(this).then(bundle) : bundle("");
}

/** Bytes and strides. */
function placeOf({ shape, strides, byteLength }: SharedNdArray): string {
  const axes = shape.length === 0 ? "" : `, strides [${strides.join(", ")}] elements`;
  return `${showBytes(byteLength)}${axes}`;
}

/** A picture as an HTML element; empty where none can be made, as without the packages that make it. */
async function imageOf(array: SharedNdArray): Promise<string> {
  try {
    const { picture } = await import("./picture.ts");
    const scale = Math.max(1, Math.floor(GOOD_PIXELS / Math.max(...array.shape)));
    const shown = picture(array, { scale, maxSize: MOST_PIXELS });
    const png = (await shown.png()).toBase64();
    const values = shown.range === null
      ? "no finite value"
      : `dark is ${shown.range[0]}, bright is ${shown.range[1]}`;
    const size = `width="${shown.width}" height="${shown.height}"`;
    return `<img src="data:image/png;base64,${png}" ${size} alt="${values}" title="${values}" ` +
      `style="image-rendering: pixelated; max-width: 100%; height: auto">`;
  } catch {
    // What it is of is in the table.
    return "";
  }
}

Object.defineProperty(SharedNdArray.prototype, DISPLAY, {
  value: displayOf,
  writable: true,
  configurable: true,
});
