/**
 * Colours: a scale of even steps in lightness, which everybody can tell apart and which prints in grey; and those of
 * the style sheet, for canvases.
 *
 * @module
 */

const STEPS = 64;

/**
 * A colour by lightness, chroma and hue as in OKLCH (Björn Ottosson, "A perceptual color space for image processing").
 *
 * @param {number} lightness From 0 to 1.
 * @param {number} chroma
 * @param {number} hue In degrees.
 */
function oklch(lightness, chroma, hue) {
  const a = chroma * Math.cos(hue * Math.PI / 180), b = chroma * Math.sin(hue * Math.PI / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const channels = linear.map((value) => {
    const clipped = Math.min(1, Math.max(0, value));
    const shown = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
    return Math.round(255 * shown);
  });
  return `rgb(${channels.join(" ")})`;
}

/**
 * The scale: the more, the further from the paper.
 *
 * @param {boolean} isDark
 */
function scaleOf(isDark) {
  return Array.from({ length: STEPS }, (_, step) => {
    const share = step / (STEPS - 1);
    return isDark
      ? oklch(0.56 + 0.37 * share, 0.15, 295 - 190 * share)
      : oklch(0.61 - 0.4 * share, 0.11 + 0.04 * share, 160 + 140 * share);
  });
}

/** The scales. */
export const SCALES = { light: scaleOf(false), dark: scaleOf(true) };

/** Whether the page is dark at the moment. */
export function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme === undefined ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
}

/** Whether the page is drawn for paper at the moment. */
export function isPaper() {
  return document.documentElement.dataset.paper !== undefined;
}

/** How many pixels of a canvas there are to one of the page. */
export function pixelRatio() {
  return isPaper() ? 3 : Math.max(1, devicePixelRatio || 1);
}

/** The scale that goes with the page's colours. */
export function scale() {
  return isDark() ? SCALES.dark : SCALES.light;
}

/**
 * Whether two values are one, but for the last digits.
 *
 * @param {number} least
 * @param {number} most
 */
export function isOneValue(least, most) {
  return !(most - least > Math.abs(most) * 1e-4);
}

/**
 * Whether a scale has even steps of the logarithm: where few tiles are much slower than the others.
 *
 * @param {number} least
 * @param {number} most
 */
export function isLogarithmic(least, most) {
  return least > 0 && most / least > 8;
}

/**
 * The step of a scale for a value.
 *
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
export function stepOf(value, least, most) {
  if (isOneValue(least, most)) return STEPS >> 1;
  if (isLogarithmic(least, most)) {
    return stepOf(Math.log(Math.max(value, least) / least) - 1, -1, Math.log(most / least) - 1);
  }
  return Math.max(0, Math.min(STEPS - 1, Math.floor((value - least) / (most - least) * STEPS)));
}

/**
 * A colour of the style sheet, as canvases take it.
 *
 * @param {string} name Without the leading dashes.
 */
export function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(--${name})`;
  probe.hidden = true;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/**
 * Paints the scale from left to right.
 *
 * @param {string} id Of a canvas.
 */
export function paintScale(id) {
  const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById(id)),
    context = canvas.getContext("2d");
  canvas.width = STEPS * 3;
  canvas.height = 12;
  scale().forEach((each, k) => {
    if (context === null) return;
    context.fillStyle = each;
    context.fillRect(k * 3, 0, 3, 12);
  });
}
