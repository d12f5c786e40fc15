/**
 * What a report page says of a run of the command.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { PageKernel, PageOutput } from "../page/page_source.ts";
import type { KernelChoice } from "./kernel_choice.ts";
import type { NamedFile } from "./named_args.ts";
import { originLike } from "./shown_output.ts";

/**
 * The kernel's text.
 *
 * @param choice The kernel.
 */
export async function kernelFacts(choice: KernelChoice): Promise<PageKernel> {
  if (choice.kind === "expression") return { kind: "expression", source: choice.source };
  const { url } = choice;
  // It was loaded from there a moment ago; what may be loaded need not be readable.
  const source = await textOf(url).catch(() => `// ${url.href}`);
  return { kind: "module", source };
}

async function textOf(url: URL): Promise<string> {
  if (url.protocol === "file:") return await Deno.readTextFile(url);
  if (url.protocol !== "data:") return `// ${url.href}`;
  return await (await fetch(url)).text();
}

/** Pixels along the longer side of a picture on the page. */
const PICTURE_PIXELS = 720;

/**
 * What came out, with pictures where there is something to be seen.
 *
 * @param files What was read, and where outputs were written.
 * @param arrays The outputs by name.
 */
export async function outputFacts(
  files: { readonly inputs: readonly NamedFile[]; readonly outputs: readonly NamedFile[] },
  arrays: Readonly<Record<string, SharedNdArray>>,
): Promise<PageOutput[]> {
  const facts: PageOutput[] = [], [first] = Object.values(arrays);
  // Outputs of a run have one shape.
  const origin = first === undefined ? "upper" : await originLike(first.shape, files.inputs);
  for (const [name, array] of Object.entries(arrays)) {
    const { dtype, shape } = array, path = files.outputs.find((file) => file.name === name)?.path;
    facts.push({ name, dtype, shape, path, ...await pictureOf(name, array, origin) });
  }
  return facts;
}

/** A picture of the last two axes, at the first index of those before. */
async function pictureOf(
  name: string,
  array: SharedNdArray,
  origin: "upper" | "lower",
): Promise<Pick<PageOutput, "picture" | "caption">> {
  const { shape } = array, lead = shape.slice(0, -2), [rows, columns] = shape.slice(-2);
  if (shape.length < 2 || Math.min(...shape) < 1 || Math.max(rows, columns) < 4) return {};
  const { picture } = await import("../picture/picture.ts");
  const scale = Math.max(1, Math.floor(PICTURE_PIXELS / Math.max(rows, columns)));
  const drawn = picture(array.view(...lead.map(() => 0)), {
    scale,
    maxSize: PICTURE_PIXELS,
    legend: true,
    // Outliers would take the colours of all others.
    range: "robust",
    nan: "#d0d0d0",
    origin,
  });
  const caption = lead.length === 0 ? name : `${name}[${lead.map(() => 0).join(", ")}]`;
  return { picture: await drawn.png(), caption };
}
