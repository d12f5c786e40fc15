/**
 * Finding the tile that wrote to where it may not.
 *
 * @module
 */

import type { SanitizerError } from "../errors.ts";
import type { KernelTile } from "../kernel/kernel.ts";
import { tileAt, type TilePlan } from "../plan/tile_plan.ts";
import { showElement } from "./sanitize_cells.ts";
import { isChanged, type Spot, type WatchedMemory } from "./sanitize_memory.ts";
import { someTile, strayError, tileOfCell } from "./sanitize_text.ts";

/** Milliseconds in which writes of timers and promises arrive that a kernel did not wait for. */
const LATE_MS = 20;

/** The same after each of many tiles, and for all of them. */
const PAUSE_MS = 2, MOST_PAUSES_MS = 5000;

/** Waits for writes that nobody has waited for. */
export function letWritesArrive(milliseconds: number = LATE_MS): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** What a search needs. */
export interface Search {
  readonly memory: WatchedMemory;
  readonly plan: TilePlan;
  readonly worker: number;
  /** Runs a tile; it never throws. */
  readonly call: (tile: KernelTile) => Promise<void>;
  readonly isStopped: () => boolean;
  /** Whether the kernel has given promises. */
  readonly isAsync: boolean;
}

/**
 * Runs tiles again to see which of them changes some cells. Nothing is said of a tile that does not do it when it is
 * run alone.
 *
 * @param search The run. Its memory is as it was before the first tile afterwards, apart from what tiles wrote outside.
 * @param spots Where the memory was found changed.
 * @param tiles The tiles that come into question.
 */
export async function findStray(
  search: Search,
  spots: readonly Spot[],
  tiles: { readonly begin: number; readonly end: number },
): Promise<SanitizerError> {
  const { plan, worker } = search;
  const culprit = await culpritOf(search, spots, tiles);
  const changed = culprit === undefined ? undefined : spots.find(isChanged);
  if (culprit === undefined || changed === undefined) {
    return strayError(spots[0], spots[0].found, someTile(worker), plan);
  }
  return strayError(changed, showElement(changed.watched.array, changed.place), culprit, plan);
}

async function culpritOf(
  search: Search,
  spots: readonly Spot[],
  { begin, end }: { readonly begin: number; readonly end: number },
): Promise<KernelTile | undefined> {
  const { plan, worker, isAsync } = search;
  const canPause = (end - begin) * PAUSE_MS <= MOST_PAUSES_MS;
  const suspects: number[] = [];
  for (const pause of [...(isAsync ? [] : [0]), ...(canPause ? [PAUSE_MS] : [])]) {
    const suspect = await firstToChange(search, spots, { begin, end }, pause);
    if (suspect === undefined) continue;
    suspects.push(suspect);
    break;
  }
  // A write that comes late shows at some other tile: most often it is to a cell of the tile that has ended.
  for (const { watched, cell } of spots) {
    if (cell !== undefined && watched.isOutput) suspects.push(tileOfCell(plan, cell));
  }
  for (const index of new Set(suspects)) {
    const tile = { ...tileAt(plan, index), worker };
    if (index >= begin && index < end && await changesAlone(search, spots, tile)) return tile;
  }
  return undefined;
}

async function firstToChange(
  { memory, plan, worker, call, isStopped }: Search,
  spots: readonly Spot[],
  { begin, end }: { readonly begin: number; readonly end: number },
  pause: number,
): Promise<number | undefined> {
  await letWritesArrive();
  memory.reset();
  for (let index = begin; index < end && !isStopped(); index++) {
    const tile = { ...tileAt(plan, index), worker };
    await call(tile);
    memory.clear(tile);
    memory.shared.undo();
    if (pause > 0) await letWritesArrive(pause);
    if (spots.some(isChanged)) return index;
  }
  return undefined;
}

async function changesAlone(
  { memory, call }: Search,
  spots: readonly Spot[],
  tile: KernelTile,
): Promise<boolean> {
  await letWritesArrive();
  memory.reset();
  await call(tile);
  memory.clear(tile);
  memory.shared.undo();
  if (spots.some(isChanged)) return true;
  await letWritesArrive();
  return spots.some(isChanged);
}
