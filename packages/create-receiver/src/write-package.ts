// Writes the new package: the template with its names filled in, and the text of the licence. Nothing that is there is
// ever written over.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fillFile, fillPath, fillText } from './fill-template.ts';
import { checkPlan, type ReceiverPlan } from './receiver-plan.ts';
import { filesOf, templateFor } from './template.ts';
import { UsageError } from './usage-error.ts';

const LICENSES_FOLDER = fileURLToPath(new URL('../licenses/', import.meta.url));

/**
 * Writes a package and answers with its files, as paths in its folder.
 *
 * @throws UsageError when an answer cannot be used, or the folder holds anything but a `.git`.
 */
export async function writePackage(plan: ReceiverPlan): Promise<readonly string[]> {
  checkPlan(plan);
  await assertEmpty(plan.folder);
  const written: string[] = [];
  const write = async (path: string, text: string): Promise<void> => {
    const target = join(plan.folder, path);
    await mkdir(dirname(target), { recursive: true });
    // A file that has appeared meanwhile is somebody's work.
    await writeFile(target, text, { flag: 'wx' });
    written.push(path);
  };
  for (const { path, source } of await filesOf(templateFor(plan))) {
    const text = await readFile(source, 'utf8');
    const target = fillPath(path, plan);
    await write(target, fillFile(target, text, plan));
  }
  const license = await readFile(join(LICENSES_FOLDER, `${plan.license}.txt`), 'utf8');
  await write('LICENSE', fillText(license, plan));
  return written.toSorted();
}

/** @throws UsageError when there is anything but a `.git` in the folder, or it is none. */
export async function assertEmpty(folder: string): Promise<void> {
  const found = (await entriesOf(folder)).filter((name) => name !== '.git');
  if (found.length === 0) return;
  throw new UsageError(`${folder} is not empty: it holds ${found[0]}; name a new folder`);
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') throw new UsageError(`${folder} is a file; name a new folder`);
    throw error;
  }
}
