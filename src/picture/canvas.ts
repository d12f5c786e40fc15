/**
 * Pixels to draw on: rectangles and text.
 *
 * @module
 */

import type { Rgba } from "./colours.ts";
import { ADVANCE, GLYPH_HEIGHT, GLYPH_WIDTH, glyphDrop, glyphRows } from "./font.ts";

/** A rectangle of pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A picture that is being drawn. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity of one pixel after another, row by row. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  readonly #pixels: Uint32Array;

  /**
   * @param width Its width.
   * @param height Its height.
   */
  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.rgba = new Uint8ClampedArray(4 * width * height);
    this.#pixels = new Uint32Array(this.rgba.buffer);
  }

  /**
   * Fills a rectangle; what lies outside is cut.
   *
   * @param box The rectangle.
   * @param colour The colour; it replaces what is there.
   */
  fill({ x, y, width, height }: Box, colour: Rgba): void {
    const pixel = pixelOf(colour);
    const left = Math.max(0, x), right = Math.min(this.width, x + width);
    if (right <= left) return;
    for (let row = Math.max(0, y); row < Math.min(this.height, y + height); row++) {
      this.#pixels.fill(pixel, row * this.width + left, row * this.width + right);
    }
  }

  /**
   * Draws a grid of cells, each a square.
   *
   * @param levels Which of the colours each cell has, row by row.
   * @param columns How many cells a row has.
   * @param colours The colours.
   * @param place Where the first cell lies, and how many pixels a cell has along each axis.
   */
  cells(
    levels: Uint16Array,
    columns: number,
    colours: readonly Rgba[],
    { x, y, scale }: { readonly x: number; readonly y: number; readonly scale: number },
  ): void {
    const pixels = Uint32Array.from(colours, pixelOf);
    const rows = levels.length / columns, width = columns * scale;
    for (let i = 0; i < rows; i++) {
      const start = (y + i * scale) * this.width + x;
      for (let j = 0, at = start; j < columns; j++) {
        const pixel = pixels[levels[i * columns + j]];
        for (let k = 0; k < scale; k++) this.#pixels[at++] = pixel;
      }
      for (let k = 1; k < scale; k++) {
        this.#pixels.copyWithin(start + k * this.width, start, start + width);
      }
    }
  }

  /**
   * Writes one line of text.
   *
   * @param text The text.
   * @param place Where its upper left corner is, and how many pixels a dot of a letter has along each axis.
   * @param colour The colour.
   */
  text(
    text: string,
    { x, y, scale }: { readonly x: number; readonly y: number; readonly scale: number },
    colour: Rgba,
  ): void {
    [...text].forEach((letter, k) => {
      const rows = glyphRows(letter), left = x + k * ADVANCE * scale, top = y + glyphDrop(letter) * scale;
      for (let row = 0; row < GLYPH_HEIGHT; row++) {
        for (let column = 0; column < GLYPH_WIDTH; column++) {
          if ((rows[row] >> (GLYPH_WIDTH - 1 - column) & 1) === 0) continue;
          this.fill(
            { x: left + column * scale, y: top + row * scale, width: scale, height: scale },
            colour,
          );
        }
      }
    });
  }
}

/** A colour as the four bytes of a pixel, in this machine's order. */
function pixelOf(colour: Rgba): number {
  return new Uint32Array(new Uint8Array(colour).buffer)[0];
}
