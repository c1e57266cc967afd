// Finds the package of a run: the package around the module that defines the run.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConformanceRun } from '../kit/conformance-kit.ts';
import { readTextFile } from './whole-text-files.ts';

/** A package: its location, and its name in the manifest. */
export interface PackageAround {
  readonly folder: string;
  readonly manifest: { readonly package: string; readonly version: string };
}

/** The package around a module; without a module, around the working directory. @throws Error when there is none. */
export async function packageAround(module: ConformanceRun['module']): Promise<PackageAround> {
  const start = module === undefined ? process.cwd() : dirname(fileURLToPath(module));
  for (let folder = start; ; folder = dirname(folder)) {
    const text = await readTextFile(join(folder, 'package.json'));
    if (text !== undefined) {
      const { name, version } = JSON.parse(text) as { name: string; version: string };
      return { folder, manifest: { package: name, version } };
    }
    if (folder === dirname(folder)) throw new Error(`found no package.json in ${start} or above`);
  }
}
