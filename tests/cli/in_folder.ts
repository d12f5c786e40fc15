/** Files of a test. */

/**
 * Runs a test with a folder that is gone afterwards.
 *
 * @param test Is given what makes paths of names in it.
 */
export async function inFolder(test: (path: (name: string) => string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test((name) => `${folder}/${name}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
