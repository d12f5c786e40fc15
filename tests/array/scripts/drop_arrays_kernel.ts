import { SharedNdArray } from "../../../mod.ts";

/** Makes and drops 100 arrays of 8 MB, of which every page is written. */
export default function dropArrays(): void {
  for (let k = 0; k < 100; k++) {
    const { data } = SharedNdArray.zeros([1_000_000]);
    for (let i = 0; i < data.length; i += 512) data[i] = 1;
  }
}
