/** Never ends and never yields, so that only giving up the worker ends the run. */

export default function endless(): void {
  for (;;);
}
