/**
 * Letters for pictures: five columns by seven rows, drawn as bits.
 *
 * @module
 */

/** Columns and rows of a letter. */
export const GLYPH_WIDTH = 5, GLYPH_HEIGHT = 7;

/** From one letter to the next. */
export const ADVANCE: number = GLYPH_WIDTH + 1;

/**
 * Each letter with its rows from the top: a digit of base 32 a row, whose highest bit is the leftmost column.
 */
const DRAWN = `
0ehjlphe 14c4444e 2eh1248v 3v2421he 426aiv22 5vgu11he 668guhhe 7v124888 8ehhehhe 9ehhf12c Aehhvhhh
Buhhuhhu Cehggghe Dsihhhis Evgguggv Fvgguggg Gehgnhhf Hhhhvhhh Ie44444e J72222ic Khikokih Lggggggv
Mhrllhhh Nhhpljhh Oehhhhhe Puhhuggg Qehhhlid Ruhhukih Sfgge11u Tv444444 Uhhhhhhe Vhhhhha4 Whhhllrh
Xhha4ahh Yhha4444 Zv1248gv [e88888e \\0g84210 ]e22222e ^4ah0000 a00e1fhf bgguhhhu c00egghe d11fhhhf
e00ehvge f698s888 gfhhhf1e hggmphhh i40c444e j20622ic k889aca9 lc44444e m00qllll n00mphhh o00ehhhe
puhhhugg qfhhhf11 r00mpggg s00ege1u t88s8896 u00hhhjd v00hhha4 w00hhlla x00ha4ah yhhhjd1e z00v248v
{2448442 |4444444 }8442448 ~008l200 !4444404 "aaa0000 #aavavaa $4fke5u4 %op248j3 &cik8lid '4480000
(2488842 )8422248 *04lel40 +044v440 ,0000c48 -000v000 .00000cc /01248g0 :0cc0cc0 ;0cc0c48 <248g842
=00v0v00 >8421248 ?eh12404 @eh1dlle _000000v \`8420000 °ciic000 µiiiitgg ·000cc00 ×00ha4ah ±44v440v
²c24e000 ³c2c2c00 ¹4c44000 ⁻00e0000 −000v000 Δ44aahhv σ00fiiic …000000l
`;

const GLYPHS: ReadonlyMap<string, readonly number[]> = new Map(
  DRAWN.trim().split(/\s/).map((entry) => {
    const [letter, ...rows] = entry;
    return [letter, rows.map((row) => parseInt(row, 32))];
  }),
);

/** Letters that begin two rows lower than others, and end below the line. */
const DESCENDING = "gpqyµ";

/** What stands for letters that are not drawn: an empty box. */
const MISSING: readonly number[] = [31, 17, 17, 17, 17, 17, 31];

const SPACE: readonly number[] = [0, 0, 0, 0, 0, 0, 0];

/**
 * The rows of a letter from the top, five bits each, of which the highest is the leftmost column.
 *
 * @param letter One letter. Printable ASCII is there, and what units need besides, such as ° and ².
 */
export function glyphRows(letter: string): readonly number[] {
  return letter === " " ? SPACE : GLYPHS.get(letter) ?? MISSING;
}

/**
 * How many rows lower than others a letter begins.
 *
 * @param letter One letter.
 */
export function glyphDrop(letter: string): number {
  return DESCENDING.includes(letter) ? 2 : 0;
}

/**
 * How wide a text is, in columns.
 *
 * @param text The text.
 */
export function textWidth(text: string): number {
  const letters = [...text].length;
  return letters === 0 ? 0 : letters * ADVANCE - 1;
}
