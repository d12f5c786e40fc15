/**
 * A worker's part of an iteration: claim tickets, wait until those before are finished, do a tile or a part of a look.
 *
 * @module
 */

import { SharedNdArray } from "../array/shared_ndarray.ts";
import { type Ticket, ticketAt } from "../plan/iteration.ts";
import type { KernelTile } from "../kernel/kernel.ts";
import { tileAt } from "../plan/tile_plan.ts";
import { type ControlBlock, PART_STATE } from "./control_block.ts";
import {
  type IterateMessage,
  type IterationLook,
  type IterationTurn,
  LOOK_RESULT,
  LOOK_VALUES,
  packThrown,
  type StartMessage,
} from "./protocol.ts";
import { wasInterrupted } from "../interrupt.ts";
import { isInterruption, type Outcome } from "./run_tiles.ts";
import { isThenable, prepareWork, type Tally, type TileWork } from "./tile_work.ts";

/**
 * Works through an iteration.
 *
 * @param start The part.
 * @param message The iteration.
 * @param control The run's control block.
 * @param tally What was done.
 * @returns What went wrong, if anything.
 */
export async function workIteration(
  start: StartMessage,
  message: IterateMessage,
  control: ControlBlock,
  tally: Tally,
): Promise<Outcome> {
  const turns = await Promise.all(message.turns.map((turn) => prepareTurn(start, turn, tally)));
  tally.grain = 1;
  tally.log?.ready();
  try {
    return await workTickets(start, message, turns, control, tally);
  } finally {
    for (const { look } of turns) look?.units.end?.();
  }
}

/** The loop: everything in it is paid once a ticket. */
async function workTickets(
  start: StartMessage,
  { iteration, tilePlan }: IterateMessage,
  turns: readonly ReadyTurn[],
  control: ControlBlock,
  tally: Tally,
): Promise<Outcome> {
  const { plan: { tiles }, slot } = start;
  let done = control.doneOf(slot);
  for (;;) {
    // Between two tickets, so that nobody waits for one that was claimed and not begun.
    const heed = control.heed(slot);
    if (heed === "stop" || heed === "yield") return {};
    const number = control.claimTiles(1);
    if (number >= tiles) return {};
    control.openClaim(slot, { begin: number, end: number + 1 });
    const ticket = ticketAt(iteration, number);
    control.setState(slot, PART_STATE.waiting);
    if (!control.waitForTickets(ticket.after)) return {};
    control.setState(slot, PART_STATE.working);
    const turn = turns[turnOf(ticket.step)], began = performance.now();
    try {
      switch (ticket.kind) {
        case "tile": {
          const value = turn.step.run({ ...tileAt(tilePlan, ticket.index), worker: start.worker });
          if (isThenable(value)) await value;
          break;
        }
        case "unit":
          turn.look?.units.run(unitTile(ticket, start.worker));
          break;
        case "verdict":
          // Before the ticket is finished, so that nobody begins another step.
          if (turn.look?.isOver()) control.endAt(ticket.until);
          break;
      }
    } catch (error) {
      if (isInterruption(error)) return {};
      return { failure: { kind: "tile", tile: ticket.index, count: 1, thrown: packThrown(error) } };
    } finally {
      const now = performance.now();
      tally.busyMs += now - began;
      tally.log?.add(number, 1, began, now);
      tally.peak.sampleAt(now);
    }
    if (wasInterrupted()) return {};
    tally.tiles++;
    control.countDone(slot, ++done);
    control.finishTicket(ticket.until);
  }
}

/** The first step, then those to the second buffer and back in turn. */
function turnOf(step: number): number {
  return step === 1 ? 0 : 1 + step % 2;
}

/** A turn that is ready. */
interface ReadyTurn {
  readonly step: TileWork;
  readonly look: ReadyLook | null;
}

interface ReadyLook {
  readonly units: TileWork;
  /** Combines the units, keeps the value, and says whether it is small enough. */
  isOver(): boolean;
}

async function prepareTurn(
  start: StartMessage,
  { kernel, arrays, look }: IterationTurn,
  tally: Tally,
): Promise<ReadyTurn> {
  const { [LOOK_VALUES]: _values, [LOOK_RESULT]: _result, ...shared } = start.shared;
  const step = await prepareWork({ ...start, kernel, arrays: renamed(start, arrays), shared }, tally, true);
  return { step, look: look === null ? null : await prepareLook(start, look, tally) };
}

async function prepareLook(
  start: StartMessage,
  { kernel, arrays, below, divisor }: IterationLook,
  tally: Tally,
): Promise<ReadyLook> {
  const shared = { values: start.shared[LOOK_VALUES] };
  const units = await prepareWork({ ...start, kernel, arrays: renamed(start, arrays), shared }, tally);
  const values = SharedNdArray.attach(start.shared[LOOK_VALUES]);
  const result = SharedNdArray.attach(start.shared[LOOK_RESULT]);
  const { plan, spec } = kernel;
  const { combineUnits } = await import("../kernel/reduce/combine_units.ts");
  if (spec.kind !== "fold") throw new Error("A look combines elements");
  return {
    units,
    isOver: () => {
      combineUnits(values, null, plan, spec.fold);
      const value = Number(values.item(0)) / divisor;
      result.set(0, value);
      return value < below;
    },
  };
}

/** The arrays of the run by the names that a turn has for them. */
function renamed({ arrays }: StartMessage, names: Readonly<Record<string, string>>): StartMessage["arrays"] {
  return Object.fromEntries(Object.entries(names).map(([name, array]) => [name, arrays[array]]));
}

function unitTile({ index }: Ticket, worker: number): KernelTile {
  return { index, coords: [index], origin: [index], shape: [1], worker };
}
