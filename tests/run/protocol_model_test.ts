import { assert, assertEquals } from "@std/assert";
import { ControlBlock, type WordAccess } from "../../src/run/control_block.ts";
import { TileClaims } from "../../src/run/tile_claims.ts";
import { tileStates } from "../../src/run/tile_states.ts";
import { exploreInterleavings, type Thread } from "./interleavings.ts";

/** A run of the protocol: its block, and how often each tile was done. */
interface Model {
  readonly control: ControlBlock;
  readonly times: Int32Array<SharedArrayBuffer>;
  readonly words: readonly Int32Array<SharedArrayBuffer>[];
  readonly tiles: number;
}

function modelOf(slots: number, tiles: number): Model {
  const control = ControlBlock.create(slots);
  const times = new Int32Array(new SharedArrayBuffer(4 * tiles));
  return { control, times, words: [new Int32Array(control.buffer), times], tiles };
}

/** Where a worker is: between claims, or at a tile of one; with tiles to begin with, or none. */
type At = readonly [kind: number, at: number | null, end: number | null];
const CLAIM = 0, TILE = 1, REST = 2;

/**
 * What a worker does with its tiles, as `run_tiles.ts` has it; the code of block and claims is the real one.
 *
 * @param grain How many tiles it claims at a time.
 * @param rest What becomes of tiles that it hands back: by default it ends.
 */
function worker(model: Model, slot: number, grain: number, rest: "ends" | "begins again" = "ends"): Thread {
  const { control: { buffer }, times, tiles } = model;
  const advance = ([kind, at, end]: At, access: WordAccess): At | null => {
    const control = ControlBlock.attach(buffer, access);
    const first = kind === REST && at !== null && end !== null ? { begin: at, end } : null;
    const claims = new TileClaims(control, slot, tiles, () => grain, first);
    if (kind !== TILE || at === null || end === null) {
      return claims.next() ? [TILE, claims.at, claims.end] : null;
    }
    claims.at = at;
    claims.end = end;
    const heed = control.heed(slot);
    if (heed === "stop") return null;
    if (heed === "yield") {
      const left = claims.handBack();
      if (rest === "ends") return null;
      control.requestYield(false);
      return left === undefined ? [CLAIM, null, null] : [REST, left.begin, left.end];
    }
    if (heed === "share") claims.share();
    access.add(times, claims.at, 1);
    if (control.isRevoked(slot)) return null;
    claims.count(1);
    return claims.at < claims.end ? [TILE, claims.at, claims.end] : [CLAIM, null, null];
  };
  return { begin: [CLAIM, null, null], advance: advance as Thread["advance"], owns: ownWords(model, slot) };
}

/**
 * Words of a slot are written by its worker alone, but for the sixth, which the pool sets, and for its offer. The fifth
 * is set by the pool, too, but then its worker does not read it any more.
 */
function ownWords({ control }: Model, slot: number): NonNullable<Thread["owns"]> {
  const words = new Int32Array(control.buffer).length, slotWords = 64;
  const from = words - (control.slots - slot) * slotWords;
  return (array, place) => array.length === words && place >= from && place < from + 5;
}

/** A thread that makes one call. */
function once(model: Model, call: (control: ControlBlock) => void): Thread {
  return {
    begin: [0],
    advance: (_, access) => {
      call(ControlBlock.attach(model.control.buffer, access));
      return null;
    },
  };
}

/** Every tile once, and the block knows. */
function requireAllDone({ control, times, tiles }: Model): void {
  assertEquals([...times], new Array(tiles).fill(1));
  assertEquals([control.tilesDone(), control.offers()], [tiles, []]);
  assertEquals(tileStates(control, { begin: 0, end: tiles }, []).done, tiles);
}

Deno.test("in all interleavings, each tile is done once, all workers end, and in some one gives tiles away", () => {
  const cases: [workers: number, tiles: number, grain: number][] = [
    [2, 1, 1],
    [2, 2, 1],
    [2, 3, 1],
    [2, 2, 2],
    [2, 3, 3],
    [2, 4, 4],
    [3, 2, 1],
  ];
  for (const [workers, tiles, grain] of cases) {
    const model = modelOf(workers, tiles);
    let shared = 0;
    const threads = Array.from({ length: workers }, (_, slot) => worker(model, slot, grain));
    const { states, ends } = exploreInterleavings(threads, model.words, () => {
      requireAllDone(model);
      if (model.control.doneOf(0) > 0 && model.control.doneOf(1) > 0) shared++;
    });
    assert(states > 100 && ends > 0, `${workers} workers, ${tiles} tiles: ${states} states, ${ends} ends`);
    assertEquals(shared > 0, tiles > 1, `${workers} workers, ${tiles} tiles, ${grain} at a time`);
  }
});

Deno.test("a stop at any moment ends all workers, and the block knows which tiles are done", () => {
  for (const [tiles, grain] of [[2, 1], [3, 3]]) {
    const model = modelOf(2, tiles), seen = new Set<number>();
    const stop = once(model, (control) => control.requestStop());
    exploreInterleavings([worker(model, 0, grain), worker(model, 1, grain), stop], model.words, () => {
      const states = tileStates(model.control, { begin: 0, end: tiles }, []);
      const done = [...model.times].filter((times) => times === 1).length;
      assert(model.times.every((times) => times <= 1));
      assertEquals(states.done, done);
      for (let tile = 0; tile < tiles; tile++) assertEquals(states.isDone(tile), model.times[tile] === 1);
      seen.add(done);
    });
    assertEquals([...seen].sort(), Array.from({ length: tiles + 1 }, (_, k) => k));
  }
});

Deno.test("a part that makes room at any moment leaves its tiles to the one behind it", () => {
  for (const [tiles, grain] of [[2, 1], [2, 2]]) {
    const model = modelOf(2, tiles);
    const pool = once(model, (control) => control.requestYield(true));
    const threads = [worker(model, 0, grain, "begins again"), worker(model, 1, grain, "begins again"), pool];
    const { ends } = exploreInterleavings(threads, model.words, () => requireAllDone(model));
    assert(ends > 0);
  }
});

Deno.test("the tiles of a worker that is given up at one of them are done by another", () => {
  for (const wakesUp of [true, false]) {
    // With nobody else there, all tiles are in the claim that is taken away.
    const tiles = 2, model = modelOf(3, tiles), seen = new Set<string>();
    const replacing = worker(model, 2, 2);
    const pool: Thread = {
      begin: [-1, null, null],
      advance: (local, access) => {
        if (local[0] !== -1) return replacing.advance(local, access);
        const { begin, end } = ControlBlock.attach(model.control.buffer, access).revoke(0);
        return begin < end ? [REST, begin, end] : [CLAIM, null, null];
      },
    };
    // It stands in its kernel, at the first tile of an open claim.
    model.control.claimTiles(2);
    model.control.openClaim(0, { begin: 0, end: 2 });
    const other = wakesUp ? { ...worker(model, 0, 2), begin: [TILE, 0, 2] } : worker(model, 1, 1);
    exploreInterleavings([other, pool], model.words, () => {
      assert(model.times.every((times) => times >= 1 && times <= 2), [...model.times].join());
      seen.add([...model.times].join());
    });
    // Those of the claim that was taken away may be done twice: that is why the kernel has to be idempotent.
    assert(seen.has("1,1") && seen.has("2,1") === wakesUp, [...seen].join(" "));
  }
});
