// Writes the new package: the template with its names filled in, and the text of the licence. No existing file is ever
// overwritten.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type WriteFile, writeProject } from '@millrace/scaffold';
import { fillFile, fillPath, fillText } from './fill-template.ts';
import { checkPlan, type ReceiverPlan } from './receiver-plan.ts';
import { filesOf, templateFor } from './template.ts';

const LICENSES_FOLDER = fileURLToPath(new URL('../licenses/', import.meta.url));

/**
 * Writes a package and returns its files, as paths in its folder. When the disk refuses, for instance because the disk
 * is full, the written files are removed again, so that the next attempt finds the folder empty.
 *
 * @throws UsageError when an answer is invalid, the folder contains anything except a `.git`, or the disk refuses.
 */
export async function writePackage(plan: ReceiverPlan): Promise<readonly string[]> {
  checkPlan(plan);
  return writeProject(plan.folder, (write) => writeAll(plan, write));
}

async function writeAll(plan: ReceiverPlan, write: WriteFile): Promise<void> {
  for (const { path, source } of await filesOf(templateFor(plan))) {
    const text = await readFile(source, 'utf8');
    const target = fillPath(path, plan);
    await write(target, fillFile(target, text, plan));
  }
  const license = await readFile(join(LICENSES_FOLDER, `${plan.license}.txt`), 'utf8');
  await write('LICENSE', fillText(license, plan));
}
