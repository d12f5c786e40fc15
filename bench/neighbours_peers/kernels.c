/* Reductions and a Laplacian in C with OpenMP. Prints one JSON line, as described in common.py.
 *
 * usage: kernels RUNS; threads by OMP_NUM_THREADS
 */

#include <stdio.h>

#include "../peer_clock.h"

#define COUNT 48000000L
#define DAYS 365L
#define CELLS (256L * 512L)
#define BLOCK 512L
#define SIDE 4320L

static double *a, *b, *cube, *mean_out, total, total_squares;
static float *z, *out;

static void sum(void) {
  double result = 0;
#pragma omp parallel for simd schedule(static) reduction(+ : result)
  for (long k = 0; k < COUNT; k++) result += a[k];
  total = result;
}

static void squares(void) {
  double result = 0;
#pragma omp parallel for simd schedule(static) reduction(+ : result)
  for (long k = 0; k < COUNT; k++) result += (a[k] - b[k]) * (a[k] - b[k]);
  total_squares = result;
}

/* Cells in blocks that stay in the first cache while days go by. */
static void mean(void) {
#pragma omp parallel for schedule(static)
  for (long block = 0; block < CELLS; block += BLOCK) {
    double sums[BLOCK] = {0};
    for (long day = 0; day < DAYS; day++) {
      const double *row = cube + day * CELLS + block;
      for (long k = 0; k < BLOCK; k++) sums[k] += row[k];
    }
    for (long k = 0; k < BLOCK; k++) mean_out[block + k] = sums[k] / DAYS;
  }
}

static void laplacian(void) {
#pragma omp parallel for schedule(static)
  for (long i = 0; i < SIDE; i++) {
    const float *restrict row = z + i * SIDE;
    const float *restrict above = i == 0 ? row : row - SIDE;
    const float *restrict below = i == SIDE - 1 ? row : row + SIDE;
    float *restrict result = out + i * SIDE;
    result[0] = row[1] + row[0] + below[0] + above[0] - 4 * row[0];
    for (long j = 1; j < SIDE - 1; j++) result[j] = row[j + 1] + row[j - 1] + below[j] + above[j] - 4 * row[j];
    const long last = SIDE - 1;
    result[last] = row[last] + row[last - 1] + below[last] + above[last] - 4 * row[last];
  }
}

static double median_seconds(void (*work)(void), int runs) { return median_after(10, work, runs); }

int main(int count, char **args) {
  const int runs = count > 1 ? atoi(args[1]) : 7;
  a = allocate(COUNT * sizeof(double));
  b = allocate(COUNT * sizeof(double));
  cube = allocate(DAYS * CELLS * sizeof(double));
  mean_out = allocate(CELLS * sizeof(double));
  z = allocate(SIDE * SIDE * sizeof(float));
  out = allocate(SIDE * SIDE * sizeof(float));
  for (long k = 0; k < COUNT; k++) {
    a[k] = (k % 7001) / 7001.0 * 75 - 30;
    b[k] = (k % 9973) / 9973.0 * 100;
  }
  for (long k = 0; k < DAYS * CELLS; k++) cube[k] = (k % 7001) / 7001.0 * 75 - 30;
  for (long k = 0; k < SIDE * SIDE; k++) z[k] = (k * 7919 % 7001) / 64.0f;
  const double t_sum = median_seconds(sum, runs), t_squares = median_seconds(squares, runs);
  const double t_mean = median_seconds(mean, runs), t_laplacian = median_seconds(laplacian, runs);
  double all = 0;
  for (long k = 0; k < SIDE * SIDE; k++) all += (double) out[k] * out[k];
  printf("{\"seconds\":{\"sum\":%.9g,\"squares\":%.9g,\"mean\":%.9g,\"laplacian\":%.9g},"
         "\"samples\":{\"sum\":%.17g,\"squares\":%.17g,\"mean first\":%.17g,\"mean last\":%.17g,"
         "\"laplacian corner\":%.9g,\"laplacian edge\":%.9g,\"laplacian inside\":%.9g,\"laplacian squares\":%.17g},"
         "\"version\":\"gcc " __VERSION__ "\"}\n",
         t_sum, t_squares, t_mean, t_laplacian, total, total_squares, mean_out[0], mean_out[CELLS - 1], out[0],
         out[1234 * SIDE + SIDE - 1], out[1234 * SIDE + 567], all);
  return 0;
}
