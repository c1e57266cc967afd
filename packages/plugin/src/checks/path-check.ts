// The names of packed files. An unpacker of a user may follow a name out of the package's folder, and a terminal may
// execute control characters in a name.
import type { PluginCheck } from '../plugin-check.ts';
import { folderOf } from '../plugin-tarball.ts';
import type { TarEntry } from '../tar-entries.ts';

/** The possible faults of a path, with the words for each. */
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
  find: ({ entries }) => {
    const folder = folderOf(entries);
    const before = new Set<string>();
    return entries.flatMap((entry) => {
      const words = faultsOf(entry, folder, before);
      if (entry.kind !== 'folder') before.add(foldedPath(entry));
      const path = entry.path.startsWith(folder) ? entry.path.slice(folder.length) : entry.path;
      return words.length === 0
        ? []
        : [`${JSON.stringify(path)} ${words.join(', ')}: rename the file, or leave the file out`];
    });
  },
};

function faultsOf(entry: TarEntry, folder: string, before: ReadonlySet<string>): readonly string[] {
  const { path, kind } = entry;
  const isInside = folder !== '' && path.startsWith(folder);
  const inside = isInside ? path.slice(folder.length) : path;
  const words = FAULTS.filter(([pattern]) => pattern.test(inside)).map(([, fault]) => fault);
  if (!isInside) words.push('is not in the one folder of the package');
  if (kind === 'link') words.push('is a link, which npm leaves out');
  if (kind === 'other') words.push('is neither a file nor a folder');
  if (kind !== 'folder' && before.has(foldedPath(entry)))
    words.push('is packed twice, in the same or in another case');
  return words;
}

/** Windows and macOS treat names that differ in case as equal. */
function foldedPath({ path }: TarEntry): string {
  return path.normalize().toLowerCase();
}
