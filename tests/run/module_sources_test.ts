import { assertEquals, assertNotEquals } from "@std/assert";
import { moduleSources } from "../../src/run/module_sources.ts";

Deno.test("a module's sources are those of what it imports too, wherever they lie", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const sourcesIn = async (place: string, constant: number) => {
      await Deno.mkdir(`${folder}/${place}/kernels`, { recursive: true });
      const write = (name: string, text: string) => Deno.writeTextFile(`${folder}/${place}/${name}`, text);
      await write(
        "kernels/k.ts",
        'import { k } from "../k.ts";\nexport * from "./other.ts";\nimport "./gone.ts";\n',
      );
      await write("kernels/other.ts", 'export const later = () => import("./k.ts");');
      await write("k.ts", `export const k = ${constant};`);
      return await moduleSources(new URL(`file://${folder}/${place}/kernels/k.ts`));
    };
    const sources = await sourcesIn("a", 1);
    if (typeof sources === "string") throw new Error(sources);
    assertEquals(sources.map(([name]) => name), ["../k.ts", "k.ts", "other.ts"]);
    assertEquals(await sourcesIn("b", 1), sources);
    assertNotEquals(await sourcesIn("b", 2), sources);
    const gone = `file://${folder}/gone.ts`;
    assertEquals(await moduleSources(new URL(gone)), gone);
    assertEquals(await moduleSources(new URL("data:text/javascript,1")), "data:text/javascript,1");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
