/**
 * What the sanitizer has found, as errors.
 *
 * @module
 */

import { describeCause, SanitizerError, showValue } from "../errors.ts";
import type { KernelTile } from "../kernel/kernel.ts";
import type { TilePlan } from "../plan/tile_plan.ts";
import { showBytesOf, showElement } from "./sanitize_cells.ts";
import type { Difference, Spot } from "./sanitize_memory.ts";

/** A tile as errors name it. */
type NamedTile = Pick<KernelTile, "index" | "coords" | "worker">;

/** Stands for a tile where it is not known which one it was. */
export function someTile(worker: number): NamedTile {
  return { index: -1, coords: [], worker };
}

function nameTile({ index, coords }: NamedTile): string {
  return index < 0 ? "some tile" : `tile ${index} at [${coords.join(", ")}]`;
}

function nameCell(name: string, cell: readonly number[]): string {
  return `${name}[${cell.join(", ")}]`;
}

function factsOf({ index, coords, worker }: NamedTile, array: string, cell: readonly number[]) {
  return { array, cell, tile: index, coords, worker };
}

/**
 * The tile that a cell belongs to.
 *
 * @param plan The plan.
 * @param cell The cell's index.
 */
export function tileOfCell({ tile, grid }: TilePlan, cell: readonly number[]): number {
  return cell.reduce((index, at, axis) => index * grid[axis] + Math.floor(at / tile[axis]), 0);
}

/**
 * A write to where the kernel may not write.
 *
 * @param spot Where.
 * @param became What it became, as text.
 * @param tile The tile whose kernel wrote it.
 * @param plan The plan.
 */
export function strayError(spot: Spot, became: string, tile: NamedTile, plan: TilePlan): SanitizerError {
  const { watched: { name, isOutput }, place, cell } = spot;
  const facts = factsOf(tile, name, cell ?? []), by = nameTile(tile);
  if (cell === undefined) {
    const where = `element ${place} of ${name}.data, which is no cell of it`;
    const what = isOutput ? "wrote outside of its tile" : "wrote to the memory of an input";
    const kind = isOutput ? "outside" : "input";
    return new SanitizerError(`Kernel ${what}: ${by} changed ${where}, from ${heldAt(spot)} to ${became}`, {
      ...facts,
      kind,
    });
  }
  if (!isOutput) {
    return new SanitizerError(
      `Kernel wrote to an input: ${by} changed ${nameCell(name, cell)} from ${heldAt(spot)} to ${became}`,
      { ...facts, kind: "input" },
    );
  }
  const owner = tileOfCell(plan, cell);
  const message = owner === tile.index
    ? `Kernel wrote to its tile after the tile had ended: ${by} changed ${nameCell(name, cell)} to ${became}`
    : `Kernel wrote outside of its tile: ${by} changed ${
      nameCell(name, cell)
    }, which belongs to tile ${owner}, to ${became}`;
  return new SanitizerError(message, { ...facts, kind: "outside" });
}

/** What a spot that was never filled held before the run. */
function heldAt({ watched: { array }, expected }: Spot): string {
  return showBytesOf(array.dtype, expected);
}

/**
 * A write to the copy of an input that a kernel gets at an edge.
 *
 * @param name The input.
 * @param cell The cell's index in the whole input; beyond an edge where no cell is.
 * @param texts What it held, and what it became.
 * @param tile The tile.
 */
export function copyError(
  name: string,
  cell: readonly number[],
  [held, became]: readonly [string, string],
  tile: NamedTile,
): SanitizerError {
  return new SanitizerError(
    `Kernel wrote to an input: ${nameTile(tile)} changed ${
      nameCell(name, cell)
    } from ${held} to ${became}, in the ` +
      "copy that tiles at an edge get",
    { ...factsOf(tile, name, cell), kind: "input" },
  );
}

/**
 * Cells that were left unwritten, or that are different when the tile is run again.
 *
 * @param difference The first of them.
 * @param unwritten How many cells were left unwritten.
 * @param isLeftover Whether the difference follows from what the cell held before.
 * @param tile The tile.
 */
export function differenceError(
  { output, place, resultPlace, cell, written: [isFirst, isSecond] }: Difference,
  unwritten: number,
  isLeftover: boolean,
  tile: NamedTile,
): SanitizerError {
  const { name, array, results, first, second } = output;
  const facts = factsOf(tile, name, cell), by = nameTile(tile), where = nameCell(name, cell);
  if (!isFirst && !isSecond) {
    const others = unwritten > 1 ? ` and ${unwritten - 1} more of its cells` : "";
    return new SanitizerError(
      `Kernel left cells of its tile unwritten: ${by} did not write ${where}${others}`,
      { ...facts, kind: "unwritten" },
    );
  }
  const one = isFirst ? showElement(results, resultPlace) : "nothing";
  const two = isSecond ? showElement(array, place) : "nothing";
  const message = isLeftover
    ? `Kernel's result depends on what its output held before: ${by} wrote ${one} to ${where} where it held ${
      showElement(first, 0)
    }, and ${two} where it held ${showElement(second, 0)}`
    : `Kernel gives different results when a tile is run twice: ${by} wrote ${one} to ${where}, then ${two}`;
  return new SanitizerError(message, { ...facts, kind: "unstable" });
}

/**
 * A kernel that returned something else, or failed, when its tile was run again.
 *
 * @param values What it returned: first, then.
 * @param tile The tile.
 */
export function valueError([one, two]: readonly [unknown, unknown], tile: NamedTile): SanitizerError {
  return new SanitizerError(
    `Kernel returns different values when a tile is run twice: ${nameTile(tile)} returned ${
      showValue(one)
    }, then ${showValue(two)}`,
    { ...factsOf(tile, "", []), kind: "unstable" },
  );
}

/**
 * A kernel that failed when its tile was run again.
 *
 * @param cause What it threw.
 * @param tile The tile.
 */
export function secondRunError(cause: unknown, tile: NamedTile): SanitizerError {
  return new SanitizerError(
    `Kernel fails when a tile is run twice: the second run of ${nameTile(tile)} threw ${
      describeCause(cause)
    }`,
    { ...factsOf(tile, "", []), kind: "unstable" },
    { cause },
  );
}
