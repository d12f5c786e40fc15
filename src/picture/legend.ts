/**
 * The legend of a picture: its title, and a bar of its colours with numbers. Where everything lies is known before
 * anything is drawn.
 *
 * @module
 */

import type { Box, Canvas } from "./canvas.ts";
import type { Rgba } from "./colours.ts";
import { LEVELS } from "./colormaps.ts";
import { ADVANCE, GLYPH_HEIGHT, textWidth } from "./font.ts";
import { type Tick, ticksIn } from "./ticks.ts";
import type { Range } from "./value_range.ts";

/** On which side of the cells the bar is. */
export type LegendSide = "bottom" | "right";

/** What a legend says. */
export interface LegendFacts {
  readonly side: LegendSide;
  readonly title: string;
  readonly unit: string;
  readonly range: Range;
}

/** Where everything of a picture lies. */
export interface PictureLayout {
  readonly width: number;
  readonly height: number;
  /** The upper left corner of the first cell. */
  readonly x: number;
  readonly y: number;
  /** The legend, where there is one. */
  readonly legend: LegendLayout | null;
}

/** Where everything of a legend lies. */
export interface LegendLayout {
  readonly facts: LegendFacts;
  /** Pixels of a dot of its letters along each axis. */
  readonly dot: number;
  readonly titleLines: readonly string[];
  readonly margin: number;
  readonly bar: Box;
  readonly ticks: readonly Tick[];
}

/** Whether there are values beyond the ends of a range, which have the colours at the ends. */
export interface Beyond {
  readonly below: boolean;
  readonly above: boolean;
}

/** Measures in dots of letters. */
const MARGIN = 6, LINE = GLYPH_HEIGHT + 3, BAR = 8, TICK = 3, GAP = 6;

/** The least a legend is wide or high, in dots. */
const LEAST_WIDTH = 16 * ADVANCE, LEAST_HEIGHT = 60;

/** Pictures are about so many letters wide. */
const LETTERS = 60;

/** What a legend says where no value has a colour. */
const NO_VALUES = "no finite values";

/**
 * Lays a picture out.
 *
 * @param width The width of its cells, in pixels.
 * @param height Their height.
 * @param facts What the legend says; null for no legend.
 */
export function layOut(width: number, height: number, facts: LegendFacts | null): PictureLayout {
  if (facts === null) return { width, height, x: 0, y: 0, legend: null };
  const dot = Math.max(1, Math.floor(Math.max(width, height) / (LETTERS * ADVANCE)));
  return facts.side === "bottom" ? barBelow(width, height, facts, dot) : barBeside(width, height, facts, dot);
}

function barBelow(width: number, height: number, facts: LegendFacts, dot: number): PictureLayout {
  const inner = Math.max(width, LEAST_WIDTH * dot), margin = MARGIN * dot;
  const titleLines = wrapped(facts.title, inner / dot);
  const y = margin + titleLines.length * LINE * dot + (titleLines.length > 0 ? 2 * dot : 0);
  const unitWidth = facts.unit === "" ? 0 : (textWidth(facts.unit) + ADVANCE) * dot;
  const barWidth = Math.max(inner - unitWidth, Math.floor(inner / 3));
  const bar = { x: margin, y: y + height + GAP * dot, width: barWidth, height: BAR * dot };
  const total = Math.max(inner, facts.unit === "" ? 0 : barWidth + unitWidth);
  return {
    width: total + 2 * margin,
    height: bar.y + (BAR + TICK + LINE) * dot + margin - 2 * dot,
    x: margin + Math.floor((inner - width) / 2),
    y,
    legend: { facts, dot, titleLines, margin, bar, ticks: ticksAcross(facts.range, barWidth / dot) },
  };
}

function barBeside(width: number, height: number, facts: LegendFacts, dot: number): PictureLayout {
  const margin = MARGIN * dot, inner = Math.max(height, LEAST_HEIGHT * dot);
  const unitHeight = facts.unit === "" ? 0 : LINE * dot;
  const ticks = ticksIn(facts.range, Math.max(2, Math.floor((inner - unitHeight) / (2 * LINE * dot))));
  const labels = facts.range === null ? [NO_VALUES] : ticks.map(({ text }) => text);
  const beside = Math.max(
    BAR + TICK + 2 + Math.max(...labels.map(textWidth)),
    textWidth(facts.unit),
  ) * dot;
  const total = width + GAP * dot + beside;
  const titleLines = wrapped(facts.title, Math.max(total / dot, LEAST_WIDTH));
  const wide = Math.max(total, ...titleLines.map((line) => textWidth(line) * dot));
  const y = margin + titleLines.length * LINE * dot + (titleLines.length > 0 ? 2 * dot : 0);
  return {
    width: wide + 2 * margin,
    height: y + inner + margin,
    x: margin,
    y,
    legend: {
      facts,
      dot,
      titleLines,
      margin,
      bar: {
        x: margin + width + GAP * dot,
        y: y + unitHeight,
        width: BAR * dot,
        height: inner - unitHeight,
      },
      ticks,
    },
  };
}

/** As many ticks as have room beside each other. */
function ticksAcross(range: Range, dots: number): Tick[] {
  for (let most = 9; most > 2; most--) {
    const ticks = ticksIn(range, most);
    const widest = Math.max(0, ...ticks.map(({ text }) => textWidth(text)));
    if (ticks.length * (widest + 2 * ADVANCE) <= dots) return ticks;
  }
  return ticksIn(range, 2);
}

/** Text in lines, broken between words; a word that is too long is cut. */
function wrapped(text: string, dots: number): string[] {
  const most = Math.max(1, Math.floor((dots + 1) / ADVANCE));
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((each) => each !== "")) {
    const letters = [...word];
    const short = letters.length > most ? [...letters.slice(0, most - 1), "…"].join("") : word;
    const last = lines.at(-1);
    if (last !== undefined && [...last].length + 1 + [...short].length <= most) {
      lines[lines.length - 1] = `${last} ${short}`;
    } else lines.push(short);
  }
  return lines;
}

/**
 * Draws a legend.
 *
 * @param canvas The picture.
 * @param layout Where everything lies.
 * @param colours The colours of the levels.
 * @param ink The colour of letters and lines.
 * @param beyond Whether there are values beyond the range.
 */
export function drawLegend(
  canvas: Canvas,
  { legend, y }: PictureLayout,
  colours: readonly Rgba[],
  ink: Rgba,
  beyond: Beyond,
): void {
  if (legend === null) return;
  const { facts, dot, titleLines, margin, bar } = legend;
  titleLines.forEach((line, k) => {
    canvas.text(line, { x: margin, y: margin + k * LINE * dot, scale: dot }, ink);
  });
  if (facts.unit !== "") {
    const place = facts.side === "bottom"
      ? { x: bar.x + bar.width + ADVANCE * dot, y: bar.y + Math.ceil(dot / 2) }
      : { x: bar.x, y };
    canvas.text(facts.unit, { ...place, scale: dot }, ink);
  }
  if (facts.range === null) {
    const place = facts.side === "bottom"
      ? { x: bar.x, y: bar.y + (BAR + TICK) * dot }
      : { x: bar.x, y: bar.y };
    canvas.text(NO_VALUES, { ...place, scale: dot }, ink);
    return;
  }
  drawBar(canvas, legend, colours, ink, beyond);
  for (const tick of legend.ticks) drawTick(canvas, legend, tick, ink);
}

function drawBar(
  canvas: Canvas,
  { bar, facts }: LegendLayout,
  colours: readonly Rgba[],
  ink: Rgba,
  beyond: Beyond,
): void {
  const { x, y, width, height } = bar, isBelow = facts.side === "bottom";
  const [length, thickness] = isBelow ? [width, height] : [height, width];
  const isSingle = facts.range !== null && facts.range[0] === facts.range[1];
  const fillAt = (k: number, inset: number, colour: Rgba) => {
    const across = thickness - 2 * inset;
    if (isBelow) canvas.fill({ x: x + k, y: y + inset, width: 1, height: across }, colour);
    else canvas.fill({ x: x + inset, y: y + length - 1 - k, width: across, height: 1 }, colour);
  };
  for (let k = -1; k <= length; k++) {
    const inset = insetAt(k, length, thickness, beyond);
    fillAt(k, inset - 1, ink);
    if (k < 0 || k === length) continue;
    fillAt(k, inset, colours[isSingle ? LEVELS / 2 : Math.floor(k / length * LEVELS)]);
  }
}

/** How much narrower the bar is at a place, because an end beyond which there are values is an arrow. */
function insetAt(k: number, length: number, thickness: number, beyond: Beyond): number {
  const half = Math.floor(thickness / 2);
  const low = beyond.below ? half - k - 1 : 0, high = beyond.above ? half - (length - k) : 0;
  return Math.min(half, Math.max(0, low, high));
}

function drawTick(canvas: Canvas, legend: LegendLayout, { value, text }: Tick, ink: Rgba): void {
  const { bar, dot, facts } = legend, width = textWidth(text) * dot;
  const share = shareOf(value, facts.range);
  if (facts.side === "bottom") {
    const at = bar.x + Math.min(bar.width - 1, Math.round(share * bar.width));
    canvas.fill({ x: at, y: bar.y + bar.height, width: dot, height: TICK * dot }, ink);
    const left = Math.min(Math.max(at - Math.floor(width / 2), dot), canvas.width - dot - width);
    canvas.text(text, { x: left, y: bar.y + (BAR + TICK + 2) * dot, scale: dot }, ink);
    return;
  }
  const at = bar.y + bar.height - 1 - Math.min(bar.height - 1, Math.round(share * bar.height));
  canvas.fill({ x: bar.x + bar.width, y: at, width: TICK * dot, height: dot }, ink);
  const above = at - Math.floor(GLYPH_HEIGHT * dot / 2);
  const top = Math.min(Math.max(above, bar.y - dot), bar.y + bar.height - (GLYPH_HEIGHT - 1) * dot);
  canvas.text(text, { x: bar.x + bar.width + (TICK + 2) * dot, y: top, scale: dot }, ink);
}

/** How far along the bar a value lies, from 0 to 1. */
function shareOf(value: number, range: Range): number {
  if (range === null) return 0;
  const [low, high] = range;
  if (!(low < high)) return 0.5;
  const part = high - low === Infinity ? 0.5 : 1;
  return (value * part - low * part) / (high * part - low * part);
}
