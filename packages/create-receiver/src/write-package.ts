// Writes the new package: the template with its names filled in, and the text of the licence. Nothing that is there is
// ever written over.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fillFile, fillPath, fillText } from './fill-template.ts';
import { checkPlan, type ReceiverPlan } from './receiver-plan.ts';
import { UsageError } from './usage-error.ts';

const TEMPLATE_FOLDER = fileURLToPath(new URL('../template/', import.meta.url));
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
  for (const path of await templateFiles()) {
    const text = await readFile(join(TEMPLATE_FOLDER, path), 'utf8');
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

/** Files of the template, as paths in its folder with `/` on every system. */
async function templateFiles(): Promise<readonly string[]> {
  const entries = await readdir(TEMPLATE_FOLDER, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(TEMPLATE_FOLDER, join(parentPath, name)).split(sep).join('/'))
    .filter((path) => !/^(?:node_modules|dist)\//.test(path));
}
