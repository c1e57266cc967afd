// Changes of sources on their way into the bundle of the page, which has a budget: the parts of uPlot that no chart here uses
// are cut loose, so that the bundler can leave them out, and templates lose the indentation that they ignore anyway.
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Lines that make unused functions of uPlot reachable: joining tables, time zones, other scales, other kinds of lines. */
const UNUSED = /^\s*(?:uPlot\.(?:join|tzDate|rangeLog|rangeAsinh)|\(paths\.(?:stepped|bars|spline))\s*=.*$/gm;
const UNUSED_LINES = 7;

/** A plugin of esbuild. */
export const smallerSources: Plugin = {
  name: 'smaller-sources',
  setup(build) {
    build.onLoad({ filter: /[\\/]uPlot\.esm\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const found = text.match(UNUSED)?.length ?? 0;
      if (found !== UNUSED_LINES) {
        throw new TypeError(
          `expected ${UNUSED_LINES} lines of unused parts in uPlot, got ${found}: see smaller-sources.ts`,
        );
      }
      return { loader: 'js', contents: text.replaceAll(UNUSED, '') };
    });
    // Templates drop white space with a line break; `\s` leaves the spaces inside of lines alone.
    build.onLoad({ filter: /[\\/]page[\\/]view[\\/][\w-]+\.ts$/ }, async ({ path }) => ({
      loader: 'ts',
      contents: (await readFile(path, 'utf8')).replaceAll(/\n\s+/g, '\n'),
    }));
  },
};
