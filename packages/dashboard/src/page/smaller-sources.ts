// Changes of sources on their way into the bundle of the page, which has a budget: the parts of uPlot that no chart here uses
// are cut loose, so that the bundler can leave them out, and templates lose the indentation that they ignore anyway.
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * The parts of uPlot that make unused functions reachable: joining tables, time zones, other scales, other kinds of lines,
 * and a formatter of dates, which every chart here replaces.
 */
const UNUSED: readonly (readonly [part: RegExp, count: number, instead: string])[] = [
  [/^\s*uPlot\.(?:join|tzDate|fmtDate|rangeLog|rangeAsinh)\s*=.*$/gm, 5, ''],
  [/^\s*\(paths\.(?:stepped|bars|spline)\s*=.*$/gm, 3, ''],
  [/opts\.fmtDate \|\| fmtDate/g, 1, 'opts.fmtDate'],
  [/let stamp = fmtDate\(dateTpl\);/g, 1, 'let stamp = String;'],
];

/** The source of uPlot without its unused parts. @throws TypeError for another version of uPlot, which has other parts. */
function withoutUnusedParts(source: string): string {
  let text = source;
  for (const [part, count, instead] of UNUSED) {
    const found = text.match(part)?.length ?? 0;
    if (found !== count) throw new TypeError(`expected ${count} times ${part.source} in uPlot, got ${found}`);
    text = text.replaceAll(part, instead);
  }
  return text;
}

/** A plugin of esbuild. */
export const smallerSources: Plugin = {
  name: 'smaller-sources',
  setup(build) {
    build.onLoad({ filter: /[\\/]uPlot\.esm\.js$/ }, async ({ path }) => ({
      loader: 'js',
      contents: withoutUnusedParts(await readFile(path, 'utf8')),
    }));
    // Templates drop white space with a line break; `\s` leaves the spaces inside of lines alone.
    build.onLoad({ filter: /[\\/]page[\\/]view[\\/][\w-]+\.ts$/ }, async ({ path }) => ({
      loader: 'ts',
      contents: (await readFile(path, 'utf8')).replaceAll(/\n\s+/g, '\n'),
    }));
  },
};
