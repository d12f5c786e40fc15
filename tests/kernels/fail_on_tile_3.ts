import type { Tile } from "../../mod.ts";

/** An error as users write them: a name of its own, and fields. */
class GridError extends RangeError {
  readonly code = 42;
  readonly cells: number[];

  constructor(message: string, cells: number[]) {
    super(message, { cause: new TypeError("no wind") });
    this.cells = cells;
  }
}

export default function failOnTile3(_arrays: unknown, tile: Tile): void {
  if (tile.index === 3) throw new GridError("the grid is gone", [1, 2]);
}
