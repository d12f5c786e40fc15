import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { KernelLoadError } from "../../src/errors.ts";
import { loadKernel } from "../../src/kernel/kernel.ts";
import { inlineKernel } from "../kernels/inline.ts";

/** What is said of a kernel that cannot be loaded, which is one line that names it. */
async function refusal(kernel: URL): Promise<KernelLoadError> {
  const error = await assertRejects(() => loadKernel(kernel.href), KernelLoadError);
  assertEquals(error.url, kernel.href);
  assert(error.message.includes(kernel.href), error.message);
  assert(!error.message.includes("\n"), error.message);
  return error;
}

Deno.test("a kernel is the default export of its module", async () => {
  const { call, elementwise } = await loadKernel(new URL("../kernels/add.ts", import.meta.url).href);
  assertEquals([call.name, elementwise], ["add", false]);
});

Deno.test("a kernel is elementwise when its module exports true for it, and only then", async () => {
  const elementwise = async (source: string) =>
    (await loadKernel(inlineKernel(`export default () => {}; ${source}`).href)).elementwise;
  assert(await elementwise("export const elementwise = true"));
  for (const other of ["false", "1", "'true'", "() => true"]) {
    assert(!await elementwise(`export const elementwise = ${other}`), other);
  }
});

Deno.test("a module that does not exist is refused by name", async () => {
  const error = await refusal(new URL("../kernels/no_such_kernel.ts", import.meta.url));
  assert(error.message.includes("Module not found"), error.message);
  assertInstanceOf(error.cause, TypeError);
});

Deno.test("a module with a syntax error is refused with its place", async () => {
  const error = await refusal(inlineKernel("export default () =>\n  { return 1 + }"));
  assert(
    error.message.includes("SyntaxError") || error.message.includes("Expression expected"),
    error.message,
  );
  assert(/:2:\d+/.test(error.message), error.message);
});

Deno.test("a module that throws when it is loaded is refused with what it threw", async () => {
  const error = await refusal(inlineKernel("throw new RangeError('first line\\nsecond line')"));
  assert(error.message.endsWith("RangeError: first line"), error.message);
  assertInstanceOf(error.cause, RangeError);
  assert((await refusal(inlineKernel("throw 'a word'"))).message.endsWith(": a word"));
  assert((await refusal(inlineKernel("throw { code: 3 }"))).message.endsWith(": { code: 3 }"));
});

Deno.test("a module that imports what does not exist is refused with that name", async () => {
  const missing = new URL("../kernels/no_such_import.ts", import.meta.url).href;
  const error = await refusal(inlineKernel(`import ${JSON.stringify(missing)}; export default () => {}`));
  assert(error.message.includes("no_such_import.ts"), error.message);
});

Deno.test("a module without a function as its default export is refused with what was found", async () => {
  assert((await refusal(inlineKernel("export const kernel = () => {}"))).message.endsWith("found none"));
  assert((await refusal(inlineKernel("export default 7"))).message.endsWith("found one of type number"));
});
