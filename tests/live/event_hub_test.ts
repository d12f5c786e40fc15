import { assertEquals, assertRejects } from "@std/assert";
import { EventHub } from "../../src/live/event_hub.ts";

/** A hub that tells numbers: how often it was asked, and what was new since. */
function counting() {
  const state = { news: 0, asked: 0, isOver: false };
  const hub = new EventHub<number>({
    next: (place) => {
      state.asked++;
      if (state.isOver) return { text: "end", place: null };
      return { text: place === null ? `start ${state.news}` : `${place}-${state.news}`, place: state.news };
    },
  });
  const add = () => {
    state.news++;
    hub.wake();
  };
  const read = async (reader: ReadableStreamDefaultReader<Uint8Array>) => {
    const { value, done } = await reader.read();
    return done ? null : new TextDecoder().decode(value);
  };
  return { state, hub, add, read };
}

Deno.test("a page that is slow is told more at a time, and nothing is made before it asks", async () => {
  const { state, hub, add, read } = counting();
  const reader = hub.listen().getReader();
  assertEquals([state.asked, hub.listeners], [0, 1]);
  assertEquals(await read(reader), "start 0");
  for (let k = 0; k < 1000; k++) add();
  assertEquals(state.asked, 1);
  assertEquals(await read(reader), "0-1000");
  const next = read(reader);
  add();
  assertEquals(await next, "1000-1001");
  state.isOver = true;
  hub.wake();
  assertEquals([await read(reader), await read(reader)], ["end", null]);
  await hub.alone;
});

Deno.test("pages are told each for itself, and one that leaves is forgotten", async () => {
  const { hub, add, read } = counting();
  const [first, second] = [hub.listen().getReader(), hub.listen().getReader()];
  assertEquals(await read(first), "start 0");
  add();
  assertEquals([await read(first), await read(second)], ["0-1", "start 1"]);
  await first.cancel();
  assertEquals(hub.listeners, 1);
  const waiting = read(second), left = hub.alone;
  hub.drop();
  await assertRejects(() => waiting, DOMException, "The dashboard is closed");
  await left;
  assertEquals(hub.listeners, 0);
});

Deno.test("a page that cannot be told anything is none any more", async () => {
  const hub = new EventHub<number>({
    next: () => {
      throw new TypeError("no words");
    },
  });
  await assertRejects(() => hub.listen().getReader().read(), TypeError, "no words");
  assertEquals(hub.listeners, 0);
});
