// The choice of a connection between a URL and single options for its parts.
import type { Mismatch } from '../options/resolve-options.ts';

/**
 * Conflicts between `url` and the options in its place: `host` or `url` is required, and none of the options `inPlace` may stand
 * beside `url`. Empty: no conflict.
 */
export function urlMismatches<
  Options extends { readonly url?: string | undefined; readonly host?: string | undefined },
>(options: Options, inPlace: readonly (keyof Options & string)[]): readonly Mismatch<Options>[] {
  const { url, host } = options;
  if (url === undefined) return host === undefined ? [{ name: 'host', expected: 'either host or url' }] : [];
  return inPlace
    .filter((name) => options[name] !== undefined)
    .map((name) => ({ name, expected: `no ${name} beside url` }));
}
