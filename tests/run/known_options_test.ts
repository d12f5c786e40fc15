import { assertRejects } from "@std/assert";
import {
  cumsum,
  evaluate,
  explain,
  histogram,
  iterate,
  PlanError,
  quantile,
  reduce,
  SharedNdArray,
  sum,
  tiledMap,
  tiledReduce,
} from "../../mod.ts";

/** What a program in JavaScript might pass. */
const wrong = (options: object) => options as never;

Deno.test("an option that does not exist is no silent mistake", async () => {
  const a = SharedNdArray.from([1, 2]), kernel = new URL("data:text/javascript,export default () => 1");
  const refuse = (call: () => Promise<unknown>, text: string) => assertRejects(call, PlanError, text);
  await refuse(() => sum(a, wrong({ axes: 0 })), "There is no option axes: did you mean axis?");
  await refuse(() => sum("a", { a }, wrong({ keepdims: true })), "did you mean keepDims?");
  await refuse(() => reduce("std", a, wrong({ dof: 1 })), "did you mean ddof?");
  await refuse(() => quantile(a, 0.5, wrong({ methods: "lower" })), "There is no option methods");
  await refuse(() => histogram(a, wrong({ bin: 3 })), "There is no option bin");
  await refuse(() => cumsum(a, wrong({ axes: 0 })), "did you mean axis?");
  await refuse(() => tiledMap("a", wrong({ inputs: { a }, tiles: [1] })), "did you mean tile?");
  await refuse(
    () => tiledMap(kernel, wrong({ inputs: { a }, boundry: "wrap", halo: 1 })),
    "did you mean boundary?",
  );
  await refuse(() => evaluate("a", { a }, wrong({ output: a })), "There is no option output");
  await refuse(() => explain("a", { a }, wrong({ stric: true })), "did you mean strict?");
  await refuse(() => iterate("a", { a }, wrong({ steps: 1, step: 2 })), "There is no option step");
  await refuse(
    () => iterate("a", { a }, wrong({ steps: 1, until: { bellow: 1 } })),
    "There is no option until.bellow",
  );
  await refuse(
    () => tiledReduce(kernel, wrong({ inputs: { a }, combin: Math.max })),
    "did you mean combine?",
  );
});
