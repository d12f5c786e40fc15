import { assert, assertEquals } from "@std/assert";
import { codePointName, expressionError, guessFor, quoted } from "../../../src/plan/expr/diagnostics.ts";
import { forEachSeed } from "../../seeded.ts";

function lines(source: string, offset: number): [string, string] {
  const [reason, line, caret, ...rest] = expressionError("No", source, offset).message.split("\n");
  assertEquals([reason, rest], ["No", []]);
  return [line, caret];
}

Deno.test("the message shows the line and a caret under the place", () => {
  const error = expressionError('Unknown name "tpm"', "0.5 * tpm + rad", 6);
  assertEquals(error.message, 'Unknown name "tpm"\n  0.5 * tpm + rad\n        ^');
  assertEquals([error.reason, error.source], ['Unknown name "tpm"', "0.5 * tpm + rad"]);
  assertEquals([error.offset, error.line, error.column], [6, 1, 7]);
  assertEquals([error.name, error instanceof SyntaxError], ["ExpressionError", true]);
});

Deno.test("lines end as JavaScript's do, and are counted from 1", () => {
  for (const end of ["\n", "\r\n", "\r", "\u2028", "\u2029"]) {
    const source = ["a = 1", "b = oops", "c = 2"].join(end);
    const error = expressionError("No", source, source.indexOf("oops"));
    assertEquals([error.line, error.column], [2, 5]);
    assertEquals(error.message, "No\n  b = oops\n      ^");
  }
  assertEquals(lines("a +\n", 4), ["  ", "  ^"]);
  assertEquals(lines("a +", 3), ["  a +", "     ^"]);
  assertEquals(lines("", 0), ["  ", "  ^"]);
  assertEquals(lines("abc", 99), ["  abc", "     ^"]);
});

Deno.test("tabs, wide characters, combining marks and lone surrogates keep the caret in its place", () => {
  assertEquals(lines("\t\tx", 2), ["    x", "    ^"]);
  assertEquals(lines("日本 x", 3), ["  日本 x", "       ^"]);
  assertEquals(lines("e\u0301 x", 3), ["  e\u0301 x", "    ^"]);
  assertEquals(lines("🚀 x", 3), ["  🚀 x", "     ^"]);
  assertEquals(lines("\ud800 x", 2), ["  \ufffd x", "    ^"]);
  // What would not be shown as itself is shown as one mark.
  assertEquals(lines("\u001b[2J\u202ex", 5), ["  \ufffd[2J\ufffdx", "       ^"]);
  assertEquals(lines("a\u200db\u{e0001}\u3164x", 6), ["  a\ufffdb\ufffd\ufffdx", "       ^"]);
  assertEquals(lines("\u2066x\u2069\u0007", 4), ["  \ufffdx\ufffd\ufffd", "      ^"]);
});

Deno.test("a long line is cut around the place to at most 100 characters, with the caret under the place", () => {
  forEachSeed(2_000, (random) => {
    const letters = Array.from({ length: random.int(1, 400) }, () => random.pick([..."abcdefgh+ "]));
    const offset = random.int(0, letters.length - 1);
    letters[offset] = "X";
    const [line, caret] = lines(letters.join(""), offset);
    assert(line.length <= 102, `${line.length}`);
    assertEquals(line[caret.length - 1], "X");
    assertEquals(caret.trim(), "^");
    assertEquals(line.startsWith("  …") || offset < 100, true);
    if (letters.length <= 100) assertEquals(line.includes("…"), false);
  });
});

Deno.test("what is quoted is short, on one line and well formed", () => {
  assertEquals(quoted("a\n +\tb"), '"a + b"');
  assertEquals(quoted("x".repeat(99)), `"${"x".repeat(39)}…"`);
  assert(quoted("🌧".repeat(99)).isWellFormed());
  assertEquals(quoted("a\u202eb\u0000\ud800"), '"a<U+202E>b<U+0000><U+D800>"');
  assertEquals([codePointName("\u202ea"), codePointName("\u{e0001}"), codePointName("\u0007")], [
    "U+202E",
    "U+E0001",
    "U+0007",
  ]);
  assertEquals([codePointName("a\u202e"), codePointName("é"), codePointName("")], [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("a guess is a name that is near, or differs in case alone; short names are near to nothing", () => {
  const known = ["tmp", "rad", "E", "PI"];
  assertEquals(guessFor("tpm", known), 'did you mean "tmp"?');
  assertEquals(guessFor("pi", known), 'did you mean "PI"?');
  assertEquals(guessFor("x", known), undefined);
  assertEquals(guessFor("temperature", known), undefined);
  assertEquals(guessFor("t".repeat(100_000), known), undefined);
});
