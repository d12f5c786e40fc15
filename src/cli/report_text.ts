/**
 * A run's report as text.
 *
 * @module
 */

import { format as formatBytes } from "@std/fmt/bytes";
import { showShape } from "../array/layout/shape.ts";
import type { CallerReport, RunReport, StoredReport } from "../run/report.ts";

/** More workers than this are summed up in one line. */
const MOST_WORKER_LINES = 16;

/**
 * A report as lines of text.
 *
 * @param report The report.
 * @param isReduction Whether it is of a reduction, whose units are no boxes.
 */
export function reportText(report: RunReport, isReduction: boolean = false): string {
  const { memory, workers } = report;
  const { heapTotal, heapUsed, external } = memory.usage;
  return [
    `Current memory usage: ${formatBytes(memory.current)}; Peak: ${formatBytes(memory.peak)}`,
    `Time elapsed: ${(report.elapsedMs / 1000).toFixed(3)} s`,
    "",
    (isReduction
      ? `units    ${report.tiles} over ${showShape(report.shape)}, `
      : `tiles    ${report.tiles} of ${showShape(report.tile)} over ${showShape(report.shape)}, `) +
    `${Math.round(report.tilesPerSecond)} a second, claimed ${report.grain} at a time`,
    `memory   predicted peak ${formatBytes(memory.predictedPeak)}, high-water mark ${
      formatBytes(memory.highWater)
    }, ` +
    `shared ${formatBytes(memory.shared)}, copied ${formatBytes(memory.copied)}`,
    `heap     total ${formatBytes(heapTotal.current)} (peak ${formatBytes(heapTotal.peak)}), ` +
    `used ${formatBytes(heapUsed.current)} (peak ${formatBytes(heapUsed.peak)}), ` +
    `external ${formatBytes(external.current)} (peak ${formatBytes(external.peak)})`,
    ...(report.stored === null ? [] : [storedLine(report.stored)]),
    ...report.notes.map((note) => `note     ${note}`),
    ...(report.retried > 0 ? [`retried  ${report.retried} calls of the kernel`] : []),
    ...(report.caller !== null ? [callerLine(report.caller)] : []),
    ...(report.caller === null && report.workersUsed < report.workersAsked ? [fewerWorkersLine(report)] : []),
    ...(workers.length > MOST_WORKER_LINES ? [workersLine(report)] : workerLines(report)),
  ].join("\n");
}

function storedLine(stored: StoredReport): string {
  const { readBytes, writtenBytes, readMs, computeMs, encodeMs, writeMs, skipped } = stored;
  return `stores   read ${formatBytes(readBytes)} in ${milliseconds(readMs)}, computed ${
    milliseconds(computeMs)
  }, ` +
    `encoded ${milliseconds(encodeMs)}, wrote ${formatBytes(writtenBytes)}, waited for it ${
      milliseconds(writeMs)
    }` +
    (skipped > 0 ? `; ${skipped} blocks were done already` : "");
}

function fewerWorkersLine({ workersUsed, workersAsked }: RunReport): string {
  return `workers  ${workersUsed} of ${workersAsked}: the run was over before more could be opened`;
}

function callerLine({ tiles, busyMs }: CallerReport): string {
  return `caller   ${tiles} tiles, busy ${
    milliseconds(busyMs)
  }: the run was over before a worker could be opened`;
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}

function workerLines({ workers }: RunReport): string[] {
  return workers.map(({ worker, tiles, busyMs, idleMs, heapPeak }) =>
    `worker ${worker}: ${tiles} tiles, busy ${milliseconds(busyMs)}, idle ${
      milliseconds(idleMs)
    }, heap peak ${formatBytes(heapPeak)}`
  );
}

function workersLine({ workers }: RunReport): string {
  const busy = workers.map((worker) => worker.busyMs);
  const tiles = workers.map((worker) => worker.tiles);
  return `workers  ${workers.length}, each ${Math.min(...tiles)} to ${Math.max(...tiles)} tiles, busy ${
    milliseconds(Math.min(...busy))
  } to ${milliseconds(Math.max(...busy))}`;
}
