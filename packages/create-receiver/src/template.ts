// The templates: packages that work as they are, one for each kind of source. This repository type-checks them, lints them
// and runs their tests. What they have in common, which is all but code and README, stands in the first only.
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
  /** Where it is read. */
  readonly source: string;
}

const FEED: Template = { folder: folderOf('template'), receiverName: 'sample-feed' };
const QUEUE: Template = { folder: folderOf('template-acknowledging'), receiverName: 'sample-queue' };

/** What a template has of its own. */
const OWN = /^(?:example|src|test)\/|^README\.md$/;
/** What this repository puts beside it. */
const FOREIGN = /^(?:node_modules|dist)\//;

/** The template for a source that wants acknowledgements, or for one that does not. */
export function templateFor({ acknowledges }: { readonly acknowledges: boolean }): Template {
  return acknowledges ? QUEUE : FEED;
}

/** The files of a template, with those that all have in common. */
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
