/* The expressions of expression_peers.ts in C with OpenMP. Prints one JSON line, as described in common.py.
 *
 * usage: kernels RUNS; threads by OMP_NUM_THREADS
 */

#include <math.h>
#include <stdio.h>

#include "../peer_clock.h"

#define COUNT 48000000L
#define SMALL 32768L
#define CALLS 10000
#define SAMPLE 123456L

static double *a, *b, *out;
static float *a32, *b32, *out32;

static void add_to(long count) {
#pragma omp parallel for simd schedule(static)
  for (long k = 0; k < count; k++) out[k] = a[k] + b[k];
}

static void add(void) {
  add_to(COUNT);
}

static void vpd64(void) {
#pragma omp parallel for simd schedule(static)
  for (long k = 0; k < COUNT; k++) {
    out[k] = 0.6108 * exp(17.27 * a[k] / (a[k] + 237.3)) * (1 - b[k] / 100);
  }
}

static void vpd32(void) {
#pragma omp parallel for simd schedule(static)
  for (long k = 0; k < COUNT; k++) {
    out32[k] = 0.6108f * expf(17.27f * a32[k] / (a32[k] + 237.3f)) * (1 - b32[k] / 100);
  }
}

static void polynomial(void) {
#pragma omp parallel for simd schedule(static)
  for (long k = 0; k < COUNT; k++) {
    const double x = a[k];
    out[k] = (((((0.001 * x + 0.02) * x - 0.3) * x + 0.4) * x - 0.5) * x + 0.6) * x - 0.7;
  }
}

static void small(void) {
  for (int call = 0; call < CALLS; call++) add_to(SMALL);
}

static double median_seconds(void (*work)(void), int runs) { return median_after(2, work, runs); }

int main(int count, char **args) {
  const int runs = count > 1 ? atoi(args[1]) : 7;
  a = allocate(COUNT * sizeof(double));
  b = allocate(COUNT * sizeof(double));
  out = allocate(COUNT * sizeof(double));
  a32 = allocate(COUNT * sizeof(float));
  b32 = allocate(COUNT * sizeof(float));
  out32 = allocate(COUNT * sizeof(float));
  for (long k = 0; k < COUNT; k++) {
    a32[k] = a[k] = (k % 7001) / 7001.0 * 75 - 30;
    b32[k] = b[k] = (k % 9973) / 9973.0 * 100;
  }
  const double t_small = median_seconds(small, 3);
  const double t_add = median_seconds(add, runs), s_add = out[SAMPLE];
  const double t_vpd64 = median_seconds(vpd64, runs), s_vpd64 = out[SAMPLE];
  const double t_vpd32 = median_seconds(vpd32, runs), s_vpd32 = out32[SAMPLE];
  const double t_polynomial = median_seconds(polynomial, runs), s_polynomial = out[SAMPLE];
  printf("{\"seconds\":{\"add\":%.9g,\"vpd64\":%.9g,\"vpd32\":%.9g,\"polynomial\":%.9g,\"small\":%.9g},"
         "\"samples\":{\"add\":%.17g,\"vpd64\":%.17g,\"vpd32\":%.17g,\"polynomial\":%.17g},"
         "\"version\":\"gcc " __VERSION__ "\"}\n",
         t_add, t_vpd64, t_vpd32, t_polynomial, t_small, s_add, s_vpd64, s_vpd32, s_polynomial);
  return 0;
}
