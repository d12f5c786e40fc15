/**
 * The command `doctor`: what this machine has of what runs need, and what is missing.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import type { CliIo } from "../cli_io.ts";
import { type Check, check, type Look } from "../doctor/check.ts";
import { doctorText } from "../doctor/text.ts";
import { DOCTOR_FLAGS } from "../flags/command_flags.ts";
import { readWords } from "../flags/read_words.ts";
import { versioned } from "../report_json.ts";

/**
 * Runs `doctor`.
 *
 * @param words The words behind `doctor`.
 * @param io Streams and interruption.
 * @returns The exit code: 1 where something is missing that runs need.
 * @throws {UsageError} If there is a word that is no flag.
 */
export async function runDoctor(words: readonly string[], io: CliIo): Promise<number> {
  const { json, quick, places } = readWords("doctor", DOCTOR_FLAGS, words);
  if (places.length > 0) throw new UsageError(`Unexpected word ${JSON.stringify(places[0])} behind doctor`);
  const checks = await examine(quick, io);
  const isWell = checks.every(({ state }) => state !== "missing");
  const { default: config } = await import("../../../deno.json", { with: { type: "json" } });
  if (json) {
    io.stdout(JSON.stringify(versioned({ tilewise: config.version, ok: isWell, checks }, "doctor")) + "\n");
  } else {io.stdout(
      doctorText(config.version, checks, { columns: io.stdoutColumns(), colours: io.colours("stdout") }),
    );}
  return isWell ? 0 : 1;
}

async function examine(isQuick: boolean, io: CliIo): Promise<Check[]> {
  const [runtime, machine, permissions, parts] = await Promise.all([
    import("../doctor/runtime.ts"),
    import("../doctor/machine.ts"),
    import("../doctor/permissions.ts"),
    import("../doctor/parts.ts"),
  ]);
  const looks: Look[] = [
    () => runtime.checkDeno(),
    runtime.checkEngine,
    machine.checkCores,
    machine.checkMemory,
    machine.checkContainer,
    machine.checkSharedMemory,
    permissions.checkPermissions,
    parts.checkPackages,
    parts.checkWorkers,
    ...(isQuick ? [] : [() => machine.checkSpeed(io.signal)]),
    () => checkTerminal(io),
  ];
  const checks: Check[] = [];
  // One after another: what is measured shall have the machine for itself.
  for (const look of looks) {
    io.signal.throwIfAborted();
    checks.push(...[await look()].flat());
  }
  return checks;
}

function checkTerminal(io: CliIo): Check {
  const columns = io.stdoutColumns(), colours = io.colours("stdout"), blocks = io.blocks();
  const facts = { columns, colours, blocks };
  if (columns === null) return check("ok", "terminal", "none: plain text of 80 columns", { facts });
  const count = colours === "none"
    ? "no colours"
    : colours === "truecolour"
    ? "all colours"
    : `${colours} colours`;
  return check("ok", "terminal", `${columns} columns, ${count}, ${blocks ? "block characters" : "ASCII"}`, {
    facts,
  });
}
