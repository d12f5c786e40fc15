/**
 * From Zarr store to Zarr store: the vapour pressure deficit of temperature and relative humidity, with Dask and
 * zarr-python and here, in turn in one run, as a table.
 *
 * usage: deno task bench:stores [--shape 365,720,1440] [--rounds 3] [--level 3] [--folder /tmp]
 *
 * Each program is a process of its own, that measures itself from opening the stores to the last chunk, with two workers
 * or threads, and tells its peak of resident memory. Inputs and outputs are float32 in chunks of one step of time,
 * compressed with zstd at the same level. Chunks that are written here last (they are synchronised with the disk, under
 * a temporary name, and then renamed); zarr-python leaves that to the system. The page cache holds the inputs for both.
 */

import { parseArgs } from "@std/cli/parse-args";
import { fileURLToPath } from "node:url";
import { createArray, evaluate, SharedNdArray } from "../mod.ts";

interface Measured {
  readonly seconds: number;
  readonly peak: number;
}

const args = parseArgs(Deno.args, {
  string: ["shape", "rounds", "level", "folder"],
  default: { shape: "365,720,1440", rounds: "3", level: "3", folder: "" },
});
const shape = args.shape.split(",").map(Number), rounds = Number(args.rounds), { level } = args;
const chunks = [1, ...shape.slice(1)];
const here = new URL("./store_peers/", import.meta.url),
  cli = fileURLToPath(new URL("../cli.ts", import.meta.url));
const folder = await Deno.makeTempDir(args.folder === "" ? {} : { dir: args.folder });

async function run(program: string, words: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...words], cwd: folder })
    .output();
  if (!success) throw new Error(`${program} failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

async function findPython(): Promise<string> {
  for (const program of ["/usr/bin/python3", "python3"]) {
    try {
      await run(program, ["-c", "import dask.array, zarr, numcodecs"]);
      return program;
    } catch {
      // The next one may have them.
    }
  }
  throw new Error("Found no python3 with Dask and zarr: apt-get install python3-dask python3-zarr");
}

/** Temperatures of the air with a yearly cycle and noise, in hundredths; relative humidity in tenths of a percent. */
const EXPRESSIONS = {
  tmp: "float32(round(100 * (30 * cos(lat) - 5 + 8 * sin(day / 58) + 2 * noise)) / 100)",
  rh: "float32(round(10 * min(100, max(1, 60 - 12 * noise))) / 10)",
};

async function makeInputs(): Promise<void> {
  const [, rows, columns] = shape;
  const lat = SharedNdArray.linspace(-Math.PI / 2, Math.PI / 2, rows).reshape([rows, 1]);
  for (const [name, source] of Object.entries(EXPRESSIONS)) {
    using array = await createArray(`${folder}/in.zarr/${name}`, {
      shape,
      chunks,
      dtype: "float32",
      zarrFormat: 2,
      level: Number(level),
    });
    for (let day = 0; day < shape[0]; day++) {
      using noise = SharedNdArray.random.normal([rows, columns], { seed: day });
      using step = await evaluate(source, name === "tmp" ? { lat, noise, day } : { noise });
      await array.write({ origin: [day, 0, 0], shape: chunks }, step.reshape(chunks));
    }
  }
}

async function ours(): Promise<Measured> {
  await Deno.remove(`${folder}/ours.zarr`, { recursive: true }).catch(() => {});
  const words = ["run", "--no-lock", "--allow-read", "--allow-write", "--allow-sys", cli, "map"];
  const { elapsedMs, memory } = JSON.parse(
    await run(Deno.execPath(), [
      ...words,
      ...["--input", "tmp=in.zarr/tmp", "--input", "rh=in.zarr/rh", "--output", "vpd=ours.zarr/vpd"],
      ...["--expr", "vpd = 0.6108 * exp(17.27 * tmp / (tmp + 237.3)) * (1 - rh / 100)"],
      ...["--zarr-format", "2", "--level", level, "--workers", "2", "--json", "--quiet"],
    ]),
  );
  return { seconds: elapsedMs / 1000, peak: memory.highWater };
}

async function dask(python: string): Promise<Measured & { readonly version: string }> {
  await Deno.remove(`${folder}/dask.zarr`, { recursive: true }).catch(() => {});
  return JSON.parse(
    await run(python, [fileURLToPath(new URL("dask_vpd.py", here)), "in.zarr", "dask.zarr", level]),
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

try {
  const python = await findPython();
  console.log(`Making two arrays of ${shape.join("x")} float32, zstd level ${level} …`);
  await makeInputs();
  const all: { ours: Measured[]; dask: Measured[] } = { ours: [], dask: [] };
  let version = "";
  for (let round = 0; round < rounds; round++) {
    // Whoever comes first finds the disk less busy.
    const programs = round % 2 === 0 ? (["ours", "dask"] as const) : (["dask", "ours"] as const);
    for (const program of programs) {
      await run("sync", []);
      if (program === "ours") all.ours.push(await ours());
      else {
        const measured = await dask(python);
        version = measured.version;
        all.dask.push(measured);
      }
    }
  }
  const worst = await run(python, [fileURLToPath(new URL("compare.py", here)), "dask.zarr", "ours.zarr/vpd"]);
  console.log(
    `| program | seconds (median of ${rounds}) | all | peak of memory |\n| --- | --- | --- | --- |`,
  );
  for (const [name, measured] of [["here", all.ours], [version, all.dask]] as const) {
    const seconds = measured.map((one) => one.seconds);
    console.log(
      `| ${name} | ${median(seconds).toFixed(2)} | ${seconds.map((one) => one.toFixed(2)).join(", ")} | ${
        (median(measured.map(({ peak }) => peak)) / 1e6).toFixed(0)
      } MB |`,
    );
  }
  const ratio = median(all.dask.map(({ seconds }) => seconds)) /
    median(all.ours.map(({ seconds }) => seconds));
  const memory = median(all.ours.map(({ peak }) => peak)) / median(all.dask.map(({ peak }) => peak));
  console.log(`largest relative difference ${Number(worst).toExponential(1)}`);
  console.log(
    `time: Dask to here ${ratio.toFixed(2)}, target at least 1; memory: here to Dask ${
      memory.toFixed(2)
    }, target at most 0.33`,
  );
} finally {
  await Deno.remove(folder, { recursive: true });
}
