// The templates: packages that work unchanged, one for each kind of source. This repository type-checks the templates,
// lints them and runs their tests. The common files, which are all except code and README, are in the first template
// only.
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A template. */
export interface Template {
  /** Its folder. */
  readonly folder: string;
  /** The name of its receiver, which occurs nowhere else. */
  readonly receiverName: string;
}

/** A file of a template. */
export interface TemplateFile {
  /** Its path in the template, with `/` on every system. */
  readonly path: string;
  /** The path on the disk. */
  readonly source: string;
}

const FEED: Template = { folder: folderOf('template'), receiverName: 'sample-feed' };
const QUEUE: Template = { folder: folderOf('template-acknowledging'), receiverName: 'sample-queue' };

/** The files of a template of its own. */
const OWN = /^(?:example|src|test)\/|^README\.md$/;
/** The files that this repository puts beside a template. */
const FOREIGN = /^(?:node_modules|dist)\//;

/** The template for a source with acknowledgements, or for a source without. */
export function templateFor({ acknowledges }: { readonly acknowledges: boolean }): Template {
  return acknowledges ? QUEUE : FEED;
}

/** The files of a template, including the common files. */
export async function filesOf(template: Template): Promise<readonly TemplateFile[]> {
  const common = (await filesIn(FEED.folder)).filter(({ path }) => !OWN.test(path));
  const own = (await filesIn(template.folder)).filter(({ path }) => OWN.test(path));
  return [...common, ...own];
}

async function filesIn(folder: string): Promise<readonly TemplateFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const source = join(parentPath, name);
      return { path: relative(folder, source).split(sep).join('/'), source };
    })
    .filter(({ path }) => !FOREIGN.test(path));
}

function folderOf(name: string): string {
  return fileURLToPath(new URL(`../${name}/`, import.meta.url));
}
