/** Waits for ever, tile by tile, so that only a stop ends the run. */

export default async function endless(): Promise<void> {
  for (;;) await new Promise((resolve) => setTimeout(resolve, 5));
}
