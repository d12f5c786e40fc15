/** What tests of shared memory with names share. */

/** Whether this program may use the C library, and the system has what is tested. */
export const HAS_SHARED_MEMORY: boolean = ["linux", "darwin"].includes(Deno.build.os) &&
  Deno.permissions.querySync({ name: "ffi" }).state === "granted";

/** Whether shared memory can be listed too. */
export const CAN_LIST: boolean = HAS_SHARED_MEMORY && Deno.build.os === "linux";

/** A name that nobody else has. */
export function uniqueName(): string {
  return `tw-${crypto.randomUUID().slice(0, 13)}`;
}

/** The names in the system's folder of shared memory which begin with one. */
export async function namesLike(name: string): Promise<string[]> {
  const lines = await linesOf("ls", "/dev/shm");
  return lines.filter((line) => line.startsWith(name));
}

/** How many of a process's mappings are of something with a name, and how many files it has open. */
export async function mappingsAndFiles(name: string): Promise<[mappings: number, files: number]> {
  const maps = await linesOf("cat", `/proc/${Deno.pid}/maps`);
  return [
    maps.filter((line) => line.includes(name)).length,
    (await linesOf("ls", `/proc/${Deno.pid}/fd`)).length,
  ];
}

async function linesOf(command: string, ...args: string[]): Promise<string[]> {
  const { stdout } = await new Deno.Command(command, { args }).output();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
}

/** What a Python program printed. */
export async function python(program: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(PYTHON, {
    args: ["-c", program, ...args],
    signal: AbortSignal.timeout(60_000),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (code !== 0) throw new Error(`Python ended with ${code}: ${text(stderr)}`);
  return text(stdout);
}

/** The Python that has what tests need, or an empty text. */
export const PYTHON: string = findPython();

function findPython(): string {
  for (const candidate of ["python3", "/usr/bin/python3"]) {
    try {
      const { success } = new Deno.Command(candidate, {
        args: ["-c", "import numpy, multiprocessing.shared_memory"],
        stdout: "null",
        stderr: "null",
      }).outputSync();
      if (success) return candidate;
    } catch {
      // There is none of that name.
    }
  }
  return "";
}

/**
 * The arguments of `unshare` before a command that has a small file system of its own in the place of a folder.
 *
 * @param folder The folder.
 */
export function withSmall(folder: string): string[] {
  const script = 'mount -t tmpfs -o size=1m none "$0" && exec "$@"';
  return ["--user", "--map-root-user", "--mount", "sh", "-c", script, folder];
}

/** Whether there can be such a command. */
export const CAN_MOUNT: boolean = CAN_LIST && canMount();

function canMount(): boolean {
  try {
    const args = [...withSmall("/dev/shm"), "true"];
    return new Deno.Command("unshare", { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}
