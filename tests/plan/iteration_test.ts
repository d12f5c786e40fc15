import { assertEquals } from "@std/assert";
import { type IterationPlan, stepsAt, type Ticket, ticketAt, ticketsOf } from "../../src/plan/iteration.ts";

/** All tickets of an iteration, written down in order. */
function ticketsInOrder({ steps, tiles, every, units }: IterationPlan): Ticket[] {
  const tickets: Ticket[] = [];
  const phase = (kind: Ticket["kind"], count: number, step: number) => {
    const after = tickets.length, until = after + count;
    for (let index = 0; index < count; index++) tickets.push({ kind, index, step, after, until });
  };
  for (let step = 1; step <= steps; step++) {
    phase("tile", tiles, step);
    if (every === 0 || (step % every !== 0 && step !== steps)) continue;
    phase("unit", units, step);
    phase("verdict", 1, step);
  }
  return tickets;
}

Deno.test("tickets are tiles, and looks after every few steps and the last, in order", () => {
  for (const steps of [0, 1, 2, 3, 7]) {
    for (const tiles of [1, 2, 5]) {
      for (const every of [0, 1, 2, 3, 10]) {
        for (const units of every === 0 ? [0] : [1, 4]) {
          const plan = { steps, tiles, every, units };
          const expected = ticketsInOrder(plan), count = ticketsOf(plan);
          const found = Array.from({ length: count }, (_, number) => ticketAt(plan, number));
          assertEquals(found, expected, JSON.stringify(plan));
        }
      }
    }
  }
});

Deno.test("the steps that are done when all tickets up to a verdict are", () => {
  const plan = { steps: 7, tiles: 3, every: 2, units: 2 };
  for (const { kind, step, until } of ticketsInOrder(plan)) {
    if (kind !== "unit") assertEquals(stepsAt(plan, until), step);
  }
  assertEquals(stepsAt(plan, ticketsOf(plan)), 7);
  assertEquals(stepsAt({ steps: 4, tiles: 3, every: 0, units: 0 }, 12), 4);
  assertEquals(stepsAt(plan, 0), 0);
});
