/* Elementary functions in quadruple precision (113 bits), for measuring those in double and single precision.
 *
 * usage: reference FUNCTION ARITY INPUT OUTPUT
 *
 * INPUT holds doubles in the machine's byte order: all first arguments, then all second ones. OUTPUT gets three
 * doubles a result: high, low and exponent, the result being (high + low) * 2^exponent with |high| from 1 to 2. Zeros,
 * infinities and NaN are high, with low and exponent 0. The exponent ends at -1200 and 1100, far beyond double's.
 */

#include <quadmath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef __float128 quad;

/* The power of JavaScript, where 1 to the power of NaN or of an infinity is NaN. */
static quad pow_js(quad x, quad y) {
  if (isnanq(y) || (isinfq(y) && fabsq(x) == 1)) return nanq("");
  return powq(x, y);
}

typedef struct {
  const char *name;
  quad (*one)(quad);
  quad (*two)(quad, quad);
} function;

static const function functions[] = {
  { "exp", expq, 0 },
  { "exp2", exp2q, 0 },
  { "expm1", expm1q, 0 },
  { "log", logq, 0 },
  { "log2", log2q, 0 },
  { "log10", log10q, 0 },
  { "log1p", log1pq, 0 },
  { "sin", sinq, 0 },
  { "cos", cosq, 0 },
  { "tan", tanq, 0 },
  { "asin", asinq, 0 },
  { "acos", acosq, 0 },
  { "atan", atanq, 0 },
  { "atan2", 0, atan2q },
  { "sinh", sinhq, 0 },
  { "cosh", coshq, 0 },
  { "tanh", tanhq, 0 },
  { "asinh", asinhq, 0 },
  { "acosh", acoshq, 0 },
  { "atanh", atanhq, 0 },
  { "pow", 0, pow_js },
  { "sqrt", sqrtq, 0 },
  { "cbrt", cbrtq, 0 },
  { "hypot", 0, hypotq },
};

static const function *find(const char *name) {
  for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
    if (strcmp(functions[k].name, name) == 0) return &functions[k];
  }
  return 0;
}

static void split(quad value, double *out) {
  out[1] = out[2] = 0;
  if (isnanq(value) || isinfq(value) || value == 0) {
    out[0] = (double) value;
    return;
  }
  int exponent;
  /* From 1/2 to 1, made 1 to 2. */
  quad mantissa = frexpq(value, &exponent) * 2;
  exponent--;
  const int limited = exponent < -1200 ? -1200 : exponent > 1100 ? 1100 : exponent;
  mantissa = ldexpq(mantissa, exponent - limited);
  out[0] = (double) mantissa;
  out[1] = (double) (mantissa - out[0]);
  out[2] = limited;
}

static void fail(const char *what, const char *name) {
  fprintf(stderr, "%s %s\n", what, name);
  exit(1);
}

int main(int count, char **args) {
  if (count != 5) fail("usage:", "reference FUNCTION ARITY INPUT OUTPUT");
  const function *fn = find(args[1]);
  const long arity = atol(args[2]);
  if (!fn || (arity == 1 ? !fn->one : !fn->two)) fail("There is no such function:", args[1]);
  FILE *input = fopen(args[3], "rb"), *output = fopen(args[4], "wb");
  if (!input || !output) fail("Cannot open", input ? args[4] : args[3]);
  fseek(input, 0, SEEK_END);
  const size_t points = ftell(input) / sizeof(double) / arity;
  rewind(input);
  double *arguments = malloc(points * arity * sizeof(double)), *results = malloc(points * 3 * sizeof(double));
  if (!arguments || !results) fail("No memory for", args[3]);
  if (fread(arguments, sizeof(double), points * arity, input) != points * arity) fail("Cannot read", args[3]);
  for (size_t k = 0; k < points; k++) {
    split(arity == 1 ? fn->one(arguments[k]) : fn->two(arguments[k], arguments[points + k]), results + 3 * k);
  }
  if (fwrite(results, sizeof(double), points * 3, output) != points * 3 || fclose(output)) {
    fail("Cannot write", args[4]);
  }
  return 0;
}
