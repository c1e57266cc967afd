// Writes the new package: the template with its names filled in, and the text of the licence. No existing file is ever
// overwritten.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fillFile, fillPath, fillText } from './fill-template.ts';
import { MadeFiles } from './made-files.ts';
import { checkPlan, type ReceiverPlan } from './receiver-plan.ts';
import { filesOf, templateFor } from './template.ts';
import { UsageError } from './usage-error.ts';

const LICENSES_FOLDER = fileURLToPath(new URL('../licenses/', import.meta.url));

/**
 * Writes a package and returns its files, as paths in its folder. When the disk refuses, for instance because the disk
 * is full, the written files are removed again, so that the next attempt finds the folder empty.
 *
 * @throws UsageError when an answer is invalid, the folder contains anything except a `.git`, or the disk refuses.
 */
export async function writePackage(plan: ReceiverPlan): Promise<readonly string[]> {
  checkPlan(plan);
  await assertEmpty(plan.folder);
  const made = new MadeFiles(plan.folder);
  try {
    await writeAll(plan, (path, text) => made.write(path, text));
  } catch (error) {
    await made.remove();
    throw refusalOf(plan.folder, error) ?? error;
  }
  return made.paths.toSorted();
}

async function writeAll(
  plan: ReceiverPlan,
  write: (path: string, text: string) => Promise<void>,
): Promise<void> {
  for (const { path, source } of await filesOf(templateFor(plan))) {
    const text = await readFile(source, 'utf8');
    const target = fillPath(path, plan);
    await write(target, fillFile(target, text, plan));
  }
  const license = await readFile(join(LICENSES_FOLDER, `${plan.license}.txt`), 'utf8');
  await write('LICENSE', fillText(license, plan));
}

/** @throws UsageError when the folder contains anything except a `.git`, or is not a folder. */
export async function assertEmpty(folder: string): Promise<void> {
  const found = (await entriesOf(folder)).filter((name) => name !== '.git');
  if (found.length === 0) return;
  throw new UsageError(`${folder} is not empty, and contains ${found[0]}; name a new folder`);
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') throw new UsageError(`${folder} is a file; name a new folder`);
    throw refusalOf(folder, error) ?? error;
  }
}

/** The words for an error of the system; undefined for any other error. */
function refusalOf(folder: string, error: unknown): UsageError | undefined {
  const isSystemError = error instanceof Error && 'syscall' in error;
  return isSystemError ? new UsageError(`could not write into ${folder}: ${error.message}`) : undefined;
}
