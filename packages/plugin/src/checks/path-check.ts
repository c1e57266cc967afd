// The names of packed files. An unpacker of a user may follow a name out of the package's folder, and a terminal may obey a
// name.
import type { PluginCheck } from '../plugin-check.ts';

/** The faults that a path can have, with the words for each. */
const FAULTS: readonly (readonly [RegExp, string])[] = [
  [/(?:^|[/\\])\.\.(?:[/\\]|$)/, 'leads out of its folder (`..`)'],
  [/^(?:[/\\]|[a-z]:)/i, 'is absolute'],
  [/\\/, 'has a backslash, which is a separator on Windows only'],
  [/\p{Cc}/u, 'has control characters'],
  [/(?:^|\/)__proto__(?:\/|$)/, 'is named __proto__'],
];

/** `paths`: every path stays in the package. */
export const PATH_CHECK: PluginCheck = {
  id: 'paths',
  title: 'every path stays in the package and can be printed',
  find: ({ files }) =>
    files.flatMap((file) => {
      const faults = FAULTS.filter(([pattern]) => pattern.test(file)).map(([, words]) => words);
      return faults.length === 0
        ? []
        : [`${JSON.stringify(file)} ${faults.join(', ')}: rename the file, or leave it out`];
    }),
};
