/**
 * The machine: cores, memory, what a container leaves of them, and how fast they are.
 *
 * @module
 */

import { format as formatBytes } from "@std/fmt/bytes";
import { measureMachine } from "../../run/machine_speed.ts";
import { canLoadWorkers, type Check, check, isAllGranted, isGranted } from "./check.ts";

/** Less free memory than this is soon used up. */
const LITTLE_MEMORY = 1e9;

/** Looks at cores. */
export function checkCores(): Check {
  const cores = navigator.hardwareConcurrency, { os, arch } = Deno.build;
  const text = `${cores}, ${os} ${arch}`, facts = { cores, os, arch };
  if (cores > 1) return check("ok", "cores", text, { facts });
  return check("note", "cores", text, { advice: "several workers would share one core", facts });
}

/** Looks at memory. */
export function checkMemory(): Check {
  if (!isGranted({ name: "sys", kind: "systemMemoryInfo" })) {
    return check("note", "memory", "how much is free was not seen", {
      advice: "add --allow-sys=systemMemoryInfo",
    });
  }
  const { total, available } = Deno.systemMemoryInfo(), facts = { total, available };
  const text = `${formatBytes(available)} of ${formatBytes(total)} free`;
  if (available >= LITTLE_MEMORY) return check("ok", "memory", text, { facts });
  return check("note", "memory", text, { advice: "large arrays need --stream and --max-memory", facts });
}

/** Where Linux tells what a container may use, in both versions of control groups. */
const GROUP = "/sys/fs/cgroup";
const MEMORY_LIMITS = [`${GROUP}/memory.max`, `${GROUP}/memory/memory.limit_in_bytes`];
const CPU_LIMITS = [`${GROUP}/cpu.max`];
const CPU_QUOTA = `${GROUP}/cpu/cpu.cfs_quota_us`, CPU_PERIOD = `${GROUP}/cpu/cpu.cfs_period_us`;

/** A limit of memory that is larger than any memory is none. */
const NO_LIMIT = 2 ** 60;

/** Looks at what a container may use. */
export function checkContainer(): Check[] {
  if (Deno.build.os !== "linux") return [];
  if (!isAllGranted()) {
    return [
      check("note", "container", "limits of control groups were not seen", {
        advice: "run with --allow-all",
      }),
    ];
  }
  const memory = MEMORY_LIMITS.map(readFirst).map(Number).find((bytes) => bytes > 0 && bytes < NO_LIMIT) ??
    null;
  const cores = coreLimit(), facts = { memory, cores };
  const limits = [
    ...(memory === null ? [] : [`memory ${formatBytes(memory)}`]),
    ...(cores === null ? [] : [`${cores} cores`]),
  ];
  if (limits.length === 0) return [check("ok", "container", "no limits on memory and cores", { facts })];
  const isFewer = cores !== null && cores < navigator.hardwareConcurrency;
  const advice = isFewer ? `--workers ${Math.max(1, Math.floor(cores))} takes as many as there are` : null;
  return [
    check(isFewer ? "note" : "ok", "container", `limited to ${limits.join(" and ")}`, { advice, facts }),
  ];
}

function coreLimit(): number | null {
  for (const path of CPU_LIMITS) {
    const [quota, period] = readFirst(path)?.split(" ").map(Number) ?? [];
    if (quota > 0 && period > 0) return quota / period;
  }
  const quota = Number(readFirst(CPU_QUOTA)), period = Number(readFirst(CPU_PERIOD));
  return quota > 0 && period > 0 ? quota / period : null;
}

function readFirst(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path).trim();
  } catch {
    return undefined;
  }
}

/** Looks at how much room there is for shared memory by name. */
export async function checkSharedMemory(): Promise<Check[]> {
  if (Deno.build.os !== "linux" || !isAllGranted()) return [];
  try {
    const { statfsSync } = await import("node:fs");
    const { bsize, blocks, bavail } = statfsSync("/dev/shm");
    const total = bsize * blocks, free = bsize * bavail;
    const text = `${formatBytes(free)} of ${formatBytes(total)} free in /dev/shm`;
    const isLittle = total < LITTLE_MEMORY;
    const advice = isLittle ? "containers get more with --shm-size; only shm: arrays need it" : null;
    return [check(isLittle ? "note" : "ok", "shm", text, { advice, facts: { total, free } })];
  } catch {
    return [check("note", "shm", "there is no /dev/shm", { advice: "only shm: arrays need it" })];
  }
}

/** Milliseconds for which it is measured how fast the machine is. */
const BUDGET_MS = 800;

/** Measures how fast memory and cores are. */
export async function checkSpeed(signal?: AbortSignal): Promise<Check> {
  if (!canLoadWorkers()) return check("note", "speed", "was not measured, because workers may not be read");
  try {
    const speed = await measureMachine({ budgetMs: BUDGET_MS, signal });
    const { bandwidth, compute, workers, arrayBytes } = speed;
    const text =
      `${formatBytes(bandwidth)}/s of memory, ${(compute / 1e9).toFixed(1)} billion vector instructions ` +
      `a second, with ${workers} worker${workers === 1 ? "" : "s"}`;
    return check("ok", "speed", text, { facts: { bandwidth, compute, workers, arrayBytes } });
  } catch (error) {
    if (signal?.aborted) throw error;
    return check("note", "speed", `was not measured: ${error instanceof Error ? error.message : error}`);
  }
}
