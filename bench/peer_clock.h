/* The clock of the C programs that are measured, and their memory. */

#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static int compare(const void *x, const void *y) {
  const double p = *(const double *) x, q = *(const double *) y;
  return (p > q) - (p < q);
}

/* The median seconds of so many runs, after some that do not count. */
static double median_after(int warmups, void (*work)(void), int runs) {
  double *seconds = malloc(runs * sizeof(double));
  for (int run = 0; run < warmups; run++) work();
  for (int run = 0; run < runs; run++) {
    const double began = now();
    work();
    seconds[run] = now() - began;
  }
  qsort(seconds, runs, sizeof(double), compare);
  const double median = seconds[runs / 2];
  free(seconds);
  return median;
}

/* Memory that has been written, from the beginning of a page on. */
static void *allocate(size_t bytes) {
  void *memory = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
  if (!memory) exit(1);
  memset(memory, 0, bytes);
  return memory;
}
