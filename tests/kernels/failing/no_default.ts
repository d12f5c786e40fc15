/** Has no default export. */

export function kernel(): void {}
