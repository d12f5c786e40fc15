/**
 * The inverse of the normal distribution's cumulative function: its coefficients, and what is made of them.
 *
 * M. J. Wichura: "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37 (1988),
 * 477-484: the routine PPND16, whose relative error is about 1e-16. With q the probability less 1/2, the result is q
 * times a rational function of 0.425^2 - q^2 in the centre, |q| <= 0.425. In the tails, with r the square root of
 * -ln(1/2 - |q|), it has the sign of q, and is a rational function of r - 1.6 for r up to 5 and one of r - 5 beyond.
 *
 * @module
 */

/** A numerator and a denominator, each from the highest power down. */
export interface Rational {
  /** The numerator. */
  readonly top: readonly number[];
  /** The denominator. */
  readonly bottom: readonly number[];
}

/** Up to this |q| the central function holds. */
export const CENTRAL = 0.425;

/** What is subtracted from r, and up to which r the near tail goes. */
export const NEAR_SHIFT = 1.6, FAR_SHIFT = 5;

/** The central function. */
// deno-fmt-ignore
export const CENTRE: Rational = {
  top: [
    2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125,
    1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
  ],
  bottom: [
    5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077,
    687.1870074920579083, 42.313330701600911252, 1,
  ],
};

/** The function of the tails for r up to 5. */
// deno-fmt-ignore
export const NEAR_TAIL: Rational = {
  top: [
    7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
    3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
  ],
  bottom: [
    1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
    0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1,
  ],
};

/** The function of the tails beyond. */
// deno-fmt-ignore
export const FAR_TAIL: Rational = {
  top: [
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
    0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
  ],
  bottom: [
    2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
    0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1,
  ],
};

/**
 * The logarithm of x = m 2^e, m from √½ to √2, is e ln 2 + 2 s (1 + t / 3 + t^2 / 5 + …), s = (m - 1) / (m + 1),
 * t = s^2: the coefficients of that series from the highest power down. As t < 0.0295, the next is below 1e-17.
 */
export const LOGARITHM: readonly number[] = Array.from({ length: 10 }, (_, k) => 1 / (19 - 2 * k));
