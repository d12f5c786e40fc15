/**
 * What reading and writing arrays costs against a loop on the raw typed array, and what a view costs.
 */

import { atomics, concat, forEachRow, SharedNdArray, slice } from "../mod.ts";

const N = 200;
const source = SharedNdArray.random([N, N, N], { seed: 1 });
const target = SharedNdArray.zeros([N, N, N]);

Deno.bench("200x200x200 float64: a triple loop on typed arrays", { group: "loop", baseline: true }, () => {
  const from = source.data, to = target.data;
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      for (let k = 0; k < N; k++) {
        const place = (i * N + j) * N + k;
        to[place] = from[place] + 1;
      }
    }
  }
});

Deno.bench("200x200x200 float64: the same with get and set", { group: "loop" }, () => {
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      for (let k = 0; k < N; k++) target.set(i, j, k, source.get(i, j, k) + 1);
    }
  }
});

Deno.bench("200x200x200 float64: the same with forEachRow", { group: "loop" }, () => {
  const from = source.data, to = target.data;
  forEachRow([source, target], (length, [i, j], [di, dj]) => {
    for (let n = 0; n < length; n++, i += di, j += dj) to[j] = from[i] + 1;
  });
});

const box = source.box([10, 20, 30], [100, 100, 100]), boxed = target.box([10, 20, 30], [100, 100, 100]);

Deno.bench(
  "a box of 100x100x100 in it: a triple loop on typed arrays",
  { group: "box", baseline: true },
  () => {
    const from = source.data, to = target.data;
    for (let i = 10; i < 110; i++) {
      for (let j = 20; j < 120; j++) {
        for (let k = 30; k < 130; k++) {
          const place = (i * N + j) * N + k;
          to[place] = from[place] + 1;
        }
      }
    }
  },
);

Deno.bench("a box of 100x100x100 in it: the same with forEachRow", { group: "box" }, () => {
  const from = box.data, to = boxed.data;
  forEachRow([box, boxed], (length, [i, j], [di, dj]) => {
    for (let n = 0; n < length; n++, i += di, j += dj) to[j] = from[i] + 1;
  });
});

Deno.bench("view of an index and two slices", { group: "view" }, () => {
  source.view(7, slice(0, 4), slice(null, null, -1));
});

Deno.bench("view of an index", { group: "view" }, () => {
  source.view(7);
});

Deno.bench("transpose", { group: "view" }, () => {
  source.transpose();
});

Deno.bench("reshape to a view", { group: "view" }, () => {
  source.reshape([N * N, N]);
});

Deno.bench("box", { group: "view" }, () => {
  source.box([1, 2, 3], [4, 4, 4]);
});

const shape = [1000, 1000];

Deno.bench("8 MB made and disposed: the memory is used again", { group: "make" }, () => {
  using array = SharedNdArray.empty(shape);
  array.fill(1);
});

Deno.bench("8 MB made and dropped: new memory each time", { group: "make" }, () => {
  SharedNdArray.empty(shape).fill(1);
});

const parts = [0, 1, 2, 3].map((seed) => SharedNdArray.random([250, 1000], { seed }));

Deno.bench("concat of four arrays of 2 MB", { group: "join" }, () => {
  using joined = concat(parts);
  joined.item(0);
});

const counts = SharedNdArray.zeros([64], { dtype: "int32" });

Deno.bench("1,000 atomic additions", { group: "atomics" }, () => {
  for (let k = 0; k < 1000; k++) atomics.add(counts, k & 63, 1);
});
