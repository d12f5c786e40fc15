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
    // Folders that an array of more axes has left are in the way of one of fewer.
    if (cause instanceof Deno.errors.IsADirectory && await removeEmptyFolders(path)) {
      return await replaceFile(temporary, path);
    }
    await removeQuietly(temporary);
    throw cause;
  }
}

/** Removes a folder in which there are nothing but folders; false where there is more, or it cannot be removed. */
async function removeEmptyFolders(path: string): Promise<boolean> {
  try {
    const folders: string[] = [];
    for await (const { name, isDirectory } of Deno.readDir(path)) {
      if (!isDirectory) return false;
      folders.push(`${path}/${name}`);
    }
    for (const folder of folders) if (!await removeEmptyFolders(folder)) return false;
    // Not with what may have come into it meanwhile.
    await Deno.remove(path);
    return true;
  } catch {
    return false;
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
