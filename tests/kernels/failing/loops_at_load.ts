/** Is never loaded, because it loops for ever. */

for (;;);
