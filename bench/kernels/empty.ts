/** Nothing: what remains is the cost of a tile. */

export default function empty(): void {}
