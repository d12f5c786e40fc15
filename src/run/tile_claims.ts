/**
 * Which tiles a worker does next: claimed from those that nobody has, given away while others wait, and taken from
 * those that others gave away.
 *
 * @module
 */

import { type ControlBlock, PART_STATE, type TileRange } from "./control_block.ts";

/** The tiles that a worker has claimed, and how it comes to further ones. */
export class TileClaims {
  readonly #control: ControlBlock;
  readonly #slot: number;
  readonly #tiles: number;
  readonly #grain: (left: number) => number;
  #first: TileRange | null;
  #done: number;
  /** The tile at hand. */
  at = 0;
  /** Where the claim ends. */
  end = 0;
  /** The most tiles that were claimed at a time. */
  longest = 0;

  /**
   * @param control The run's control block.
   * @param slot The slot of the part.
   * @param tiles Where the run's tiles end.
   * @param grain How many tiles to claim when so many are left.
   * @param first Tiles to begin with, which are this part's already.
   */
  constructor(
    control: ControlBlock,
    slot: number,
    tiles: number,
    grain: (left: number) => number,
    first: TileRange | null = null,
  ) {
    this.#control = control;
    this.#slot = slot;
    this.#tiles = tiles;
    this.#grain = grain;
    this.#first = first;
    this.#done = control.doneOf(slot);
  }

  /**
   * Comes to the next claim, when the one at hand is done.
   *
   * @returns Whether there is one: not when no tile is left that this worker could do.
   */
  next(): boolean {
    const range = this.#nextRange();
    if (range === null) return false;
    this.#control.openClaim(this.#slot, range);
    this.#control.setState(this.#slot, PART_STATE.working);
    this.at = range.begin;
    this.end = range.end;
    return true;
  }

  #nextRange(): TileRange | null {
    const first = this.#first;
    if (first !== null) {
      this.#first = null;
      return first;
    }
    // Others may claim meanwhile, so that it is a share of what was left a moment ago.
    const left = this.#tiles - this.#control.tilesClaimed();
    if (left > 0) {
      const grain = this.#grain(left), begin = this.#control.claimTiles(grain);
      if (begin < this.#tiles) {
        const end = Math.min(begin + grain, this.#tiles);
        this.longest = Math.max(this.longest, end - begin);
        return { begin, end };
      }
    }
    return this.#control.waitForOffer(this.#slot);
  }

  /** Gives half of what is left to those that wait. */
  share(): void {
    this.end = this.#control.share(this.#slot, this.at, this.end);
  }

  /**
   * Counts tiles as done.
   *
   * @param count How many.
   */
  count(count: number): void {
    this.at += count;
    this.#done += count;
    this.#control.countDone(this.#slot, this.#done);
  }

  /** Ends the claim here. What is left of it is somebody else's. */
  handBack(): TileRange | undefined {
    const { at, end } = this;
    if (at >= end) return undefined;
    this.#control.cutClaim(this.#slot, at);
    this.end = at;
    return { begin: at, end };
  }
}
