import { assert, assertEquals } from "@std/assert";
import { SharedNdArray } from "../../../mod.ts";
import { uninitialised } from "../../../src/array/shared_ndarray.ts";
import { BoundKernel } from "../../../src/kernel/bound_kernel.ts";
import { blockStrides, stepsByAxis } from "../../../src/kernel/reduce/block_order.ts";
import { BoundReduction } from "../../../src/kernel/reduce/bound_reduction.ts";
import { combineUnits } from "../../../src/kernel/reduce/combine_units.ts";
import { kernelSource } from "../../../src/kernel/reduce/kernel_source.ts";
import { SCRATCH_ELEMENTS } from "../../../src/kernel/reduce/scratch.ts";
import { compileExpression, placeOf, prepareExpression } from "../../../src/run/expression.ts";
import { Seeded } from "../../seeded.ts";
import { cellsOf, planOf, reduceSlowly } from "./naive_reduction.ts";

Deno.test("steps by axis follow C order within the kept and within the reduced axes", () => {
  const plan = planOf([2, 3, 4, 5], [1, 3]);
  assertEquals(stepsByAxis(plan, 8, 800), [4 * 8, 5 * 800, 8, 800]);
  assertEquals(blockStrides({ ...plan, contiguous: "cells" }), [4, 8 * 5, 1, 8]);
  assertEquals(blockStrides({ ...plan, contiguous: "positions" }), [4 * 15, 5, 15, 1]);
});

Deno.test("a compiled expression is reduced block by block as if it had been computed first", async () => {
  const random = new Seeded(3), source = "(a - b) * c + index(0)";
  const shapes: readonly (readonly number[])[] = [[3000], [7, 90, 31], [90, 1, 8, 40], [300, 70], [2, 9000]];
  for (const shape of shapes) {
    const make = () => {
      const order = random.shuffled(shape.map((_, axis) => axis));
      const back = shape.map((_, axis) => order.indexOf(axis));
      const array = SharedNdArray.zeros(order.map((axis) => shape[axis])).transpose(back);
      for (let k = 0; k < array.data.length; k++) array.data[k] = random.word() / 2 ** 32 - 0.3;
      return array;
    };
    const inputs = { a: make(), b: make().view(0), c: make() };
    const prepared = await prepareExpression(source, { inputs, scalars: {}, outputs: { out: "float64" } });
    const first = SharedNdArray.zeros(shape),
      places = {
        a: placeOf(prepared.inputs.a),
        b: placeOf(prepared.inputs.b),
        c: placeOf(prepared.inputs.c),
      };
    const whole = compileExpression(prepared, { ...places, out: placeOf(first) }, false);
    const all = { ...prepared.inputs, out: first };
    new BoundKernel(whole.kernel, whole.module, all, []).runBox(shape.map(() => 0), shape);
    const axes = shape.map((_, axis) => axis);
    for (const reduced of [axes, [0], axes.slice(1), axes.slice(-1), axes.filter((axis) => axis % 2 === 0)]) {
      for (const contiguous of ["positions", "cells"] as const) {
        const plan = { ...planOf(shape, reduced, random.pick([5, 1000]), random.pick([1, 4])), contiguous };
        const expected = reduceSlowly(cellsOf(first, plan), "sum", "float64").values;
        const place = { strides: blockStrides(plan), memory: "wasm32" as const };
        const { kernel, module } = compileExpression(prepared, { ...places, out: place }, false);
        const scratch = uninitialised([SCRATCH_ELEMENTS], "float64");
        const values = SharedNdArray.zeros([plan.positionUnits, plan.cells]);
        const bound = new BoundKernel(kernel, module, { ...prepared.inputs, out: scratch }, []);
        const reduction = new BoundReduction({
          plan,
          fold: "sum",
          lanes: "float64",
          source: kernelSource(bound, plan, null),
          scratch,
          values,
          places: null,
        });
        for (let unit = 0; unit < plan.cellUnits * plan.positionUnits; unit++) reduction.runUnit(unit);
        combineUnits(values, null, plan, "sum");
        const found = [...values.view(0).values()];
        const text = `[${shape}] over [${reduced}] with ${contiguous} side by side`;
        assert(found.every((value, k) => Object.is(value, expected[k])), text);
      }
    }
  }
});
