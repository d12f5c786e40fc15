import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { copiedBytes, isCloneable, packThrown, unpackThrown } from "../../src/run/protocol.ts";

Deno.test.sanitizer({ ops: true, resources: true });

/** What arrives on the other side. */
function posted(thrown: unknown): unknown {
  return unpackThrown(structuredClone(packThrown(thrown)));
}

function postedError(thrown: Error): Error & Record<string, unknown> {
  const error = posted(thrown);
  assertInstanceOf(error, Error);
  return error as Error & Record<string, unknown>;
}

Deno.test("an error keeps its built-in class, message and stack", () => {
  const thrown = new RangeError("too far");
  const error = postedError(thrown);
  assertInstanceOf(error, RangeError);
  assertEquals([error.name, error.message, error.stack], ["RangeError", "too far", thrown.stack]);
});

Deno.test("an error without a message stays without one", () => {
  const error = postedError(new TypeError());
  assertEquals([error.name, error.message], ["TypeError", ""]);
});

Deno.test("a user's class keeps its name, whether it sets one or not", () => {
  class PlainError extends Error {}
  class RangedError extends RangeError {}
  class NamedError extends Error {
    override readonly name = "MyOwnName";
  }
  assertEquals(postedError(new PlainError("m")).name, "PlainError");
  const ranged = postedError(new RangedError("m"));
  assertEquals(ranged.name, "RangedError");
  assertInstanceOf(ranged, RangeError);
  assertEquals(postedError(new NamedError("m")).name, "MyOwnName");
  assertEquals(postedError(new (class extends Error {})("m")).name, "Error");
  assertEquals(postedError(new DOMException("m", "TimeoutError")).name, "TimeoutError");
  assertEquals(postedError(new Deno.errors.NotFound("m")).name, "NotFound");
});

Deno.test("fields that an error has of its own come along, those that cannot be cloned do not", () => {
  const thrown = Object.assign(new Error("m"), {
    code: 42,
    cells: [1, 2],
    where: { axis: 0 },
    retry: () => {},
  });
  const error = postedError(thrown);
  assertEquals([error.code, error.cells, error.where, "retry" in error], [42, [1, 2], { axis: 0 }, false]);
});

Deno.test("a cause comes along, and what it was caused by", () => {
  const error = postedError(new Error("outer", { cause: new TypeError("inner", { cause: "wind" }) }));
  assertInstanceOf(error.cause, TypeError);
  assertEquals([error.cause.message, error.cause.cause], ["inner", "wind"]);
});

Deno.test("an error with a cause that cannot be cloned loses the cause, not itself", () => {
  class GridError extends Error {}
  const thrown = new GridError("m", { cause: () => {} });
  const error = postedError(thrown);
  assertEquals([error.name, error.message, error.stack], ["GridError", "m", thrown.stack]);
});

Deno.test("what is no error arrives as it is", () => {
  for (const value of ["text", 7, 7n, true, null, undefined, [1, { a: 2 }], new Map([[1, 2]])]) {
    assertEquals(posted(value), value);
  }
});

Deno.test("what is no error and cannot be cloned arrives as one line that describes it", () => {
  assertEquals(posted(Symbol("s")), "Symbol(s)");
  const text = posted({ first: "x".repeat(100), second: "y".repeat(100), call() {} });
  assert(typeof text === "string" && text.includes("[Function: call]") && !text.includes("\n"), String(text));
});

Deno.test("isCloneable says whether a value can be posted", () => {
  for (
    const value of [1, "a", { a: [1n] }, new Date(), new Uint8Array(2), new SharedArrayBuffer(8), undefined]
  ) {
    assert(isCloneable(value), Deno.inspect(value));
  }
  for (const value of [() => {}, Symbol(), { call() {} }, new WeakMap(), [Symbol()]]) {
    assert(!isCloneable(value), Deno.inspect(value));
  }
});

Deno.test("packing looks at hostile values without throwing", () => {
  const withGetter = Object.defineProperty(new RangeError("r"), "field", {
    enumerable: true,
    get: () => {
      throw new Error("no");
    },
  });
  const packed = unpackThrown(structuredClone(packThrown(withGetter)));
  assert(packed instanceof Error && packed.name === "RangeError" && packed.message === "r");
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  assertEquals(typeof unpackThrown(structuredClone(packThrown(revoked.proxy))), "string");
});

Deno.test("an error whose cause cannot be posted keeps its class, and the cause as text", () => {
  const error = new RangeError("r", { cause: () => 1 });
  const back = unpackThrown(structuredClone(packThrown(error)));
  assert(back instanceof RangeError);
  assertEquals([back.message, back.stack, typeof back.cause], ["r", error.stack, "string"]);
});

Deno.test("the errors of an AggregateError come along", () => {
  const back = unpackThrown(structuredClone(packThrown(new AggregateError([new TypeError("a"), 2], "both"))));
  assert(back instanceof Error && "errors" in back && Array.isArray(back.errors));
  assertEquals([back.name, back.errors.length, back.errors[0] instanceof TypeError], [
    "AggregateError",
    2,
    true,
  ]);
});

Deno.test("bytes of buffers in a value are counted, shared ones are not", () => {
  assertEquals(copiedBytes(new Float64Array(4)), 32);
  assertEquals(copiedBytes({ a: [new ArrayBuffer(5), 1, "x"], b: null }), 5);
  assertEquals(copiedBytes(new Uint8Array(new SharedArrayBuffer(9))), 0);
  assertEquals([3, "text", undefined, () => {}].map((value) => copiedBytes(value)), [0, 0, 0, 0]);
});
