/** `vpd = tmp + rad`, declared elementwise: called for boxes of neighbouring tiles. */

import add from "./add.ts";

export const elementwise = true;

export default add;
