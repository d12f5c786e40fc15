import { assertEquals } from "@std/assert";
import { combineBranches, foldInOrder } from "../../../src/plan/reduce/reduce_tree.ts";

const join = (a: string, b: string) => a === "" ? b : b === "" ? a : `(${a}${b})`;

Deno.test("a few elements: two halves of a group of eight, then their sum", () => {
  const letters = (count: number) => [..."abcdefghijklmnop".slice(0, count)];
  assertEquals(foldInOrder(letters(1), join, ""), "a");
  assertEquals(foldInOrder(letters(3), join, ""), "((ac)b)");
  assertEquals(foldInOrder(letters(8), join, ""), "(((ae)(cg))((bf)(dh)))");
  assertEquals(foldInOrder(letters(10), join, ""), "((((ae)(cg))i)(((bf)(dh))j))");
});

Deno.test("groups of a block are added in turn, and blocks in pairs of pairs", () => {
  const depth = (text: string): number => {
    let open = 0, most = 0;
    for (const letter of text) {
      if (letter === "(") most = Math.max(most, ++open);
      if (letter === ")") open--;
    }
    return most;
  };
  assertEquals(depth(foldInOrder(new Array(128).fill("x"), join, "")), 2 + 15 + 1);
  assertEquals(depth(foldInOrder(new Array(128 * 8).fill("x"), join, "")), 18 + 3);
  const blocks = (count: number) => combineBranches([..."abcdefg".slice(0, count)], join);
  assertEquals(["a", "(ab)", "((ab)c)", "((ab)(cd))", "(((ab)(cd))e)"], [1, 2, 3, 4, 5].map(blocks));
  assertEquals(["(((ab)(cd))(ef))", "(((ab)(cd))((ef)g))"], [6, 7].map(blocks));
});

Deno.test("units of a power of two times as many blocks give what all blocks give", () => {
  for (let count = 1; count <= 40; count++) {
    const blocks = Array.from({ length: count }, (_, k) => String.fromCharCode(65 + k));
    for (const unit of [1, 2, 4, 8, 16]) {
      const partials: string[] = [];
      for (let first = 0; first < count; first += unit) {
        partials.push(combineBranches(blocks.slice(first, first + unit), join));
      }
      assertEquals(combineBranches(partials, join), combineBranches(blocks, join));
    }
  }
});
