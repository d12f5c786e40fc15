/** Wants to end its worker when it is loaded. */

Deno.exit(3);
