// Finds circles between the folders of a package. An arrow goes from the folder of a file to the folder of each file that it
// imports by value; imports of types alone are erased and make no arrow. A file directly in `src` counts as a folder of its
// own, because the index and the table of errors import from everywhere.
import { posix } from 'node:path';

/** One import by value across folders, for instance `{ from: 'state', to: 'graph', files: ['state/a.ts → graph/b.ts'] }`. */
export interface FolderArrow {
  readonly from: string;
  readonly to: string;
  readonly files: readonly string[];
}

const IMPORT =
  /^(?:import|export) (?!type )(?:\{([^}]*)\}|\* as \w+|\w+)(?:, \{[^}]*\})? from '(\.[^']*)';$/gm;

/** All arrows between folders. `sources` are the files of one package: path within `src` to text. */
export function folderArrows(sources: ReadonlyMap<string, string>): readonly FolderArrow[] {
  const arrows = new Map<string, { from: string; to: string; files: string[] }>();
  for (const [file, text] of sources) {
    for (const [, names, specifier = ''] of text.matchAll(IMPORT)) {
      if (names !== undefined && isTypesOnly(names)) continue;
      const imported = posix.join(posix.dirname(file), specifier);
      const [from, to] = [folderOf(file), folderOf(imported)];
      if (from === to) continue;
      const arrow = arrows.get(`${from} ${to}`) ?? { from, to, files: [] };
      arrow.files.push(`${file} → ${imported}`);
      arrows.set(`${from} ${to}`, arrow);
    }
  }
  return [...arrows.values()];
}

/** The arrows that lie on a circle. */
export function circularArrows(arrows: readonly FolderArrow[]): readonly FolderArrow[] {
  return arrows.filter(({ from, to }) => reachable(to, arrows).has(from));
}

function reachable(start: string, arrows: readonly FolderArrow[]): ReadonlySet<string> {
  const seen = new Set([start]);
  for (const folder of seen) for (const { from, to } of arrows) if (from === folder) seen.add(to);
  return seen;
}

function isTypesOnly(names: string): boolean {
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .every((name) => name.startsWith('type '));
}

function folderOf(file: string): string {
  return file.includes('/') ? (file.split('/')[0] ?? file) : file;
}
