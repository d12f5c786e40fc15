/**
 * A main program that ends while a run is on, in the way that the first argument says, with workers of the second's.
 *
 * @module
 */

import { type Isolation, SharedNdArray, tiledMap } from "../../../mod.ts";

const [how, isolation] = Deno.args as ["exits" | "throws" | "returns", Isolation];
const fault = how === "returns" ? "none" : "loops";
const kernel = new URL(`../../kernels/failing/fault.ts?${fault}`, import.meta.url);
const when = SharedNdArray.zeros([1]), calls = SharedNdArray.zeros([2], { dtype: "int32" });
const outputs = { a: SharedNdArray.zeros([8], { dtype: "int32" }) };
const run = tiledMap(kernel, {
  outputs,
  shared: { when, calls },
  tile: [1],
  workers: 2,
  exact: true,
  isolation,
});
const end = () => {
  if (when.get(0) === 0) return;
  console.log(Date.now());
  if (how === "exits") Deno.exit(7);
  throw new RangeError("the main program has enough");
};
if (how === "returns") run.then(({ report }) => console.log(report.tiles));
else setInterval(end, 5);
