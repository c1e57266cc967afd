// The page of sources that run without a build: bundled in memory by esbuild at the first use. The published package has the
// result of the same function in `built-page.js`, under the same name `#page`, and does not need esbuild.
import { fileURLToPath } from 'node:url';
import type { PageText } from './page-file.ts';

const FOLDER = new URL('../../page/', import.meta.url);

let bundled: Promise<PageText> | undefined;

/** The page; bundled once. @throws the errors of esbuild, with the place of the mistake. */
export function loadPage(): Promise<PageText> {
  bundled ??= bundlePage();
  return bundled;
}

async function bundlePage(): Promise<PageText> {
  const { build } = await import('esbuild');
  const { smallerSources } = await import('./smaller-sources.ts');
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(FOLDER),
    entryPoints: { page: 'main.ts', document: 'page.html' },
    outdir: '.',
    loader: { '.html': 'copy' },
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    conditions: ['millrace:source'],
    plugins: [smallerSources],
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const textOf = (ending: string): string => {
    const file = outputFiles.find(({ path }) => path.endsWith(ending));
    if (file === undefined) throw new TypeError(`the bundle of the page has no ${ending}`);
    return file.text;
  };
  return { html: textOf('.html'), script: textOf('.js'), style: textOf('.css') };
}
