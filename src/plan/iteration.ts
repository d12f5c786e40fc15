/**
 * The tickets of an iteration: its tiles step after step, and now and then a look whether it shall end. Workers claim
 * tickets in order, and begin one when all tickets of the phases before are finished. So steps follow each other
 * without a message, and a worker that comes late just takes tickets.
 *
 * @module
 */

/** What an iteration does. Plain data: it travels to the workers. */
export interface IterationPlan {
  /** How many steps there are at most. */
  readonly steps: number;
  /** How many tiles a step has. */
  readonly tiles: number;
  /** After how many steps it is looked whether to go on; 0 for never. After the last step too. */
  readonly every: number;
  /** In how many units what is looked at is reduced. */
  readonly units: number;
}

/** One piece of work. */
export interface Ticket {
  /** A tile of a step, a unit of the reduction, or what follows from all units. */
  readonly kind: "tile" | "unit" | "verdict";
  /** The number of the tile or unit. */
  readonly index: number;
  /** The step, from 1 on; for units and verdicts the last one that was done. */
  readonly step: number;
  /** The tickets before its phase, all of which have to be finished. */
  readonly after: number;
  /** The tickets before the next phase. */
  readonly until: number;
}

/** Tickets from the beginning to the next look, and those of a look. */
function cycleOf({ tiles, every, units }: IterationPlan): { readonly cycle: number; readonly look: number } {
  const look = every === 0 ? 0 : units + 1;
  return { cycle: Math.max(1, every) * tiles + look, look };
}

/**
 * How many tickets an iteration has if nothing ends it before its last step.
 *
 * @param plan The iteration.
 */
export function ticketsOf(plan: IterationPlan): number {
  const { cycle, look } = cycleOf(plan), length = Math.max(1, plan.every);
  const rest = plan.steps % length;
  return Math.floor(plan.steps / length) * cycle + (rest === 0 ? 0 : rest * plan.tiles + look);
}

/**
 * How many steps are done when so many tickets are.
 *
 * @param plan The iteration.
 * @param tickets The tickets of whole steps, with or without the looks behind them.
 */
export function stepsAt(plan: IterationPlan, tickets: number): number {
  const { cycle } = cycleOf(plan), length = Math.max(1, plan.every), rest = tickets % cycle;
  const before = Math.floor(tickets / cycle) * length;
  return before + Math.min(length, plan.steps - before, Math.floor(rest / plan.tiles));
}

/**
 * A ticket.
 *
 * @param plan The iteration.
 * @param number Its number, from 0 to before `ticketsOf(plan)`.
 */
export function ticketAt(plan: IterationPlan, number: number): Ticket {
  const { steps, tiles, every, units } = plan, { cycle } = cycleOf(plan), length = Math.max(1, every);
  const round = Math.floor(number / cycle), begin = round * cycle, place = number - begin;
  const stepsBefore = round * length, own = Math.min(length, steps - stepsBefore);
  if (place < own * tiles) {
    const step = Math.floor(place / tiles), after = begin + step * tiles;
    return {
      kind: "tile",
      index: place - step * tiles,
      step: stepsBefore + step + 1,
      after,
      until: after + tiles,
    };
  }
  const after = begin + own * tiles, index = number - after, step = stepsBefore + own;
  if (index < units) return { kind: "unit", index, step, after, until: after + units };
  return { kind: "verdict", index: 0, step, after: after + units, until: after + units + 1 };
}
