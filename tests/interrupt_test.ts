import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  countWork,
  Interrupted,
  isInterruptible,
  setInterrupt,
  throwIfInterrupted,
  wasInterrupted,
} from "../src/interrupt.ts";

Deno.test("without a check nothing is ever interrupted", () => {
  assertEquals(isInterruptible(), false);
  throwIfInterrupted();
  countWork(1e12);
  assertEquals(wasInterrupted(), false);
});

Deno.test("a check that says so interrupts, and it is known afterwards that it did", () => {
  let shallStop = false;
  setInterrupt(() => shallStop);
  try {
    assert(isInterruptible());
    throwIfInterrupted();
    assertEquals(wasInterrupted(), false);
    shallStop = true;
    const error = assertThrows(throwIfInterrupted, Interrupted);
    assert(error instanceof Error);
    assertEquals(error.name, "Interrupted");
    // Whoever caught it does not hide it.
    assert(wasInterrupted());
    shallStop = false;
    throwIfInterrupted();
    assert(wasInterrupted());
    setInterrupt(() => false);
    assertEquals(wasInterrupted(), false, "the next part begins anew");
  } finally {
    setInterrupt(undefined);
  }
  assertEquals(isInterruptible(), false);
});

Deno.test("work comes together before there is a look, neither more often nor much more seldom than needed", () => {
  let looks = 0;
  setInterrupt(() => {
    looks++;
    return false;
  });
  try {
    for (let k = 0; k < 10_000; k++) countWork(1000);
    assertEquals(looks, 100, "ten milliseconds of work in steps of a microsecond");
    countWork(5e6);
    assertEquals(looks, 101, "a long piece is followed by a look at once");
    countWork(99_000);
    assertEquals(looks, 101);
    throwIfInterrupted();
    countWork(99_000);
    assertEquals(looks, 102, "a look of another's counts");
  } finally {
    setInterrupt(undefined);
  }
});
