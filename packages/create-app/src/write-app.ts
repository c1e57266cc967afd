// Writes the new project: the template with its names filled in, and `.env`, a copy of `.env.example`.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { templateFiles, type WriteFile, writeProject } from '@millrace/scaffold';
import { type AppPlan, checkAppPlan } from './app-plan.ts';
import { fillAppPath, fillAppText } from './fill-app.ts';

const TEMPLATE = fileURLToPath(new URL('../template/', import.meta.url));
const SETTINGS = '.env.example';

/**
 * Writes a project and returns its files, as paths in its folder. All files are written or none.
 *
 * @throws UsageError when an answer is invalid, the folder contains anything except a `.git`, or the disk refuses.
 */
export async function writeApp(plan: AppPlan): Promise<readonly string[]> {
  checkAppPlan(plan);
  return writeProject(plan.folder, (write) => writeAll(plan, write));
}

async function writeAll(plan: AppPlan, write: WriteFile): Promise<void> {
  for (const { path, source } of await templateFiles(TEMPLATE)) {
    const text = fillAppText(path, await readFile(source, 'utf8'), plan);
    const target = fillAppPath(path, plan);
    await write(target, text);
    if (target === SETTINGS) await write('.env', text);
  }
}
