// The templates: packages that work unchanged, one for each kind of source. This repository type-checks the templates,
// lints them and runs their tests. The common files, which are all except code and README, are in the first template
// only.
import { fileURLToPath } from 'node:url';
import { type TemplateFile, templateFiles } from '@millrace/scaffold';

/** A template. */
export interface Template {
  /** Its folder. */
  readonly folder: string;
  /** The name of its receiver, which occurs nowhere else. */
  readonly receiverName: string;
}

const FEED: Template = { folder: folderOf('template'), receiverName: 'sample-feed' };
const QUEUE: Template = { folder: folderOf('template-acknowledging'), receiverName: 'sample-queue' };

/** The files of a template of its own. */
const OWN = /^(?:example|src|test)\/|^README\.md$/;

/** The template for a source with acknowledgements, or for a source without. */
export function templateFor({ acknowledges }: { readonly acknowledges: boolean }): Template {
  return acknowledges ? QUEUE : FEED;
}

/** The files of a template, including the common files. */
export async function filesOf(template: Template): Promise<readonly TemplateFile[]> {
  const common = (await templateFiles(FEED.folder)).filter(({ path }) => !OWN.test(path));
  const own = (await templateFiles(template.folder)).filter(({ path }) => OWN.test(path));
  return [...common, ...own];
}

function folderOf(name: string): string {
  return fileURLToPath(new URL(`../${name}/`, import.meta.url));
}
