/**
 * Files that are written under a temporary name and then get their own.
 *
 * @module
 */

/**
 * Gives a file its name, in place of another file that has it.
 *
 * @param temporary The file.
 * @param path Its name.
 * @returns Undefined if the file is gone.
 */
export async function replaceFile(temporary: string, path: string): Promise<true | undefined> {
  try {
    await Deno.rename(temporary, path);
    return true;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    await removeQuietly(temporary);
    throw cause;
  }
}

/**
 * Gives a file a name that must be free.
 *
 * @param temporary The file, which is removed in any case.
 * @param path The name.
 * @param bytes What is in the file.
 * @returns False if the name is taken, undefined if the file is gone.
 */
export async function placeNewFile(
  temporary: string,
  path: string,
  bytes: Uint8Array,
): Promise<boolean | undefined> {
  try {
    // A link is made whole or not at all, and never in place of another file.
    await Deno.link(temporary, path);
    return true;
  } catch (cause) {
    if (cause instanceof Deno.errors.AlreadyExists) return false;
    if (cause instanceof Deno.errors.NotFound) return undefined;
    // Some file systems have no links. Then the name is taken first, and read by nobody before it has its bytes.
    return await createInPlace(path, bytes);
  } finally {
    await removeQuietly(temporary);
  }
}

async function createInPlace(path: string, bytes: Uint8Array): Promise<boolean> {
  try {
    using file = await Deno.open(path, { write: true, createNew: true });
    for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
    await file.syncData();
    return true;
  } catch (cause) {
    if (cause instanceof Deno.errors.AlreadyExists) return false;
    throw cause;
  }
}

/**
 * Removes a file, if that can be done.
 *
 * @param path The file.
 */
export async function removeQuietly(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch {
    // It is gone already, or what went wrong before matters more.
  }
}

/**
 * Makes the names in a folder last. Where that cannot be done, as on Windows, the system does it in its own time: a name
 * that is lost then is an object that is missing, and never one that is damaged.
 *
 * @param folder The folder, with the separator behind it.
 */
export async function syncFolder(folder: string): Promise<void> {
  try {
    using opened = await Deno.open(folder === "" ? "." : folder);
    await opened.sync();
  } catch {
    // See above.
  }
}
