// Writes the files of a new project, all or none. No existing file is ever overwritten.
import { assertEmpty, refusalOf } from './empty-folder.ts';
import { MadeFiles } from './made-files.ts';

/** Writes one file at a path in the new folder, and makes the directories of the path. */
export type WriteFile = (path: string, text: string) => Promise<void>;

/**
 * Writes a project and returns its files, as paths in its folder. When the disk refuses, for instance because the disk
 * is full, the written files are removed again, so that the next attempt finds the folder empty.
 *
 * @throws UsageError when the folder contains anything except a `.git`, or the disk refuses; errors of `writeAll`.
 */
export async function writeProject(
  folder: string,
  writeAll: (write: WriteFile) => Promise<void>,
): Promise<readonly string[]> {
  await assertEmpty(folder);
  const made = new MadeFiles(folder);
  try {
    await writeAll((path, text) => made.write(path, text));
  } catch (error) {
    await made.remove();
    throw refusalOf(folder, error) ?? error;
  }
  return made.paths.toSorted();
}
