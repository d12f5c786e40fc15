/**
 * Python, where it is.
 *
 * @module
 */

/** A Python with NumPy, or null where there is none. */
export async function pythonWithNumpy(): Promise<string | null> {
  for (const python of ["python3", "/usr/bin/python3"]) {
    try {
      const { success } = await new Deno.Command(python, {
        args: ["-c", "import numpy"],
        stdout: "null",
        stderr: "null",
        signal: AbortSignal.timeout(30_000),
      }).output();
      if (success) return python;
    } catch {
      // Not there: try the next.
    }
  }
  return null;
}
