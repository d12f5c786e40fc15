/** Attaching to shared memory by its name. Does nothing without `--allow-ffi`. */

import { SharedNdArray } from "../mod.ts";

const ignore = Deno.permissions.querySync({ name: "ffi" }).state !== "granted";
const name = `tw-bench-${crypto.randomUUID().slice(0, 8)}`, shape = [365, 16, 16];

if (!ignore) await tellFirst();

/** The first attach of a process finds the functions that it needs, which a benchmark of many does not see. */
async function tellFirst(): Promise<void> {
  using _ = SharedNdArray.create({ name, shape });
  const code = `import { SharedNdArray } from ${JSON.stringify(new URL("../mod.ts", import.meta.url).href)};
const began = performance.now();
const array = SharedNdArray.open(${JSON.stringify(name)}, { shape: ${JSON.stringify(shape)} });
array.get(0, 0, 0);
console.log(performance.now() - began);`;
  const times: number[] = [];
  for (let k = 0; k < 9; k++) {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--allow-ffi", `data:text/javascript,${encodeURIComponent(code)}`],
      stderr: "null",
    }).output();
    times.push(Number(new TextDecoder().decode(stdout)));
  }
  times.sort((a, b) => a - b);
  console.log(`first attach of a process: median ${times[4].toFixed(2)} ms, least ${times[0].toFixed(2)} ms`);
}

Deno.bench("attach by name, and let go", { ignore, group: "names" }, (b) => {
  using _ = SharedNdArray.create({ name, shape });
  b.start();
  SharedNdArray.open(name, { shape }).dispose();
  b.end();
});

Deno.bench("create and remove", { ignore, group: "names" }, () => {
  SharedNdArray.create({ name, shape }).dispose();
});
