/**
 * Tries what a sandbox must refuse.
 *
 * @module
 */

import type { TileArrays } from "../../../mod.ts";

/** Nothing listens there. */
const PORT = 47808;

/** Everything here would go through if the process's own permissions counted: it has all. */
const attempts: Readonly<Record<string, () => unknown>> = {
  read: () => Deno.readTextFileSync(new URL(import.meta.url)),
  readLater: () => Deno.readTextFile(new URL(import.meta.url)),
  list: () => [...Deno.readDirSync(".")],
  stat: () => Deno.statSync("."),
  write: () => Deno.writeTextFileSync(new URL("written.txt", import.meta.url), "written"),
  temporary: () => Deno.makeTempFileSync(),
  remove: () => Deno.removeSync(new URL("not_there.txt", import.meta.url)),
  net: () => Deno.listen({ port: 0 }),
  connect: () => Deno.connect({ hostname: "127.0.0.1", port: PORT }),
  fetchNet: () => fetch(`http://127.0.0.1:${PORT}/`),
  fetchFile: () => fetch(import.meta.url),
  env: () => Deno.env.get("HOME"),
  setEnv: () => Deno.env.set("TILEWISE", "1"),
  run: () => new Deno.Command(Deno.execPath(), { args: ["--version"] }).outputSync(),
  ffi: () => Deno.dlopen("libc.so.6", {}),
  sys: () => Deno.hostname(),
  kill: () => Deno.kill(Deno.ppid, "SIGCONT"),
  ask: async () => {
    const { state } = await Deno.permissions.request({ name: "read" });
    if (state !== "granted") throw new Deno.errors.NotCapable(state);
  },
  importFile: () => import(new URL("../add.ts", import.meta.url).href),
  importNet: () => import(`http://127.0.0.1:${PORT}/module.ts`),
  nodeRead: async () => (await import("node:fs")).readFileSync("deno.json"),
  nodePromises: async () => await (await import("node:fs/promises")).readFile("deno.json"),
  nodeRun: async () => (await import("node:child_process")).execFileSync("true"),
  nodeEnv: async () => (await import("node:process")).default.env.HOME,
  nodeNet: async () => {
    const { createServer } = await import("node:net");
    await new Promise((resolve, reject) => {
      const server = createServer().on("error", reject);
      server.listen(0, () => server.close(resolve));
    });
  },
  worker: () =>
    new Promise((resolve, reject) => {
      // Its own options may only take permissions away.
      const options = { type: "module" as const, deno: { permissions: { read: true } } };
      const worker = new Worker("data:text/javascript,postMessage(1)", options);
      worker.onmessage = resolve;
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
    }),
  nodeWorker: async () => {
    const { Worker } = await import("node:worker_threads");
    const code = `let read = "read";
      try { require("node:fs").readFileSync("deno.json") } catch (error) { read = error }
      require("node:worker_threads").parentPort.postMessage(read)`;
    const found = await new Promise((resolve, reject) =>
      new Worker(code, { eval: true }).on("message", resolve).on("error", reject)
    );
    if (found instanceof Error) throw found;
  },
};

/** The names of attempts that came to something, and of the errors of the others. */
export default async function asks({ a }: TileArrays<"a", "int32">): Promise<Record<string, string>> {
  const outcomes: Record<string, string> = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      await attempt();
      outcomes[name] = "done";
    } catch (error) {
      outcomes[name] = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    }
  }
  a.fill(1);
  return outcomes;
}
