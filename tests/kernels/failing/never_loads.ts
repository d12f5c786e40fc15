/** Is never loaded, because it waits for ever. */

await new Promise(() => {});

export default function kernel(): void {}
