// Finds circles between the folders of a package. An arrow goes from the folder of a file to the folder of each file that it
// imports by value; imports of types alone are erased and make an arrow only on request. A file directly in `src` counts as a folder of its
// own, because the index and the table of errors import from everywhere.
import { posix } from 'node:path';

/** One import across folders, for instance `{ from: 'state', to: 'graph', files: ['state/a.ts → graph/b.ts'] }`. */
export interface FolderArrow {
  readonly from: string;
  readonly to: string;
  readonly files: readonly string[];
}

const IMPORT =
  /^(?:import|export) (type )?(?:\{([^}]*)\}|\* as \w+|\w+)(?:, \{[^}]*\})? from '(\.[^']*)';$/gm;

/**
 * All arrows between folders. `sources` are the files of one package: path within `src` to text.
 *
 * @param options `withTypes`: imports of types alone make an arrow as well. Default false.
 */
export function folderArrows(
  sources: ReadonlyMap<string, string>,
  { withTypes = false }: { readonly withTypes?: boolean } = {},
): readonly FolderArrow[] {
  const arrows = new Map<string, { from: string; to: string; files: string[] }>();
  for (const [file, text] of sources) {
    for (const [, type, names, specifier = ''] of text.matchAll(IMPORT)) {
      const isErased = type !== undefined || (names !== undefined && isTypesOnly(names));
      if (isErased && !withTypes) continue;
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

/**
 * Folders that may import each other's types. `DStream.assignTimestamps` returns streams of event time, whose methods return
 * DStreams again.
 */
const MUTUAL_TYPES: ReadonlySet<string> = new Set(['dstream event-time', 'event-time dstream']);

/** The arrows between folders that lie on a circle as soon as types count, without those in `MUTUAL_TYPES`. */
export function circularTypeArrows(sources: ReadonlyMap<string, string>): readonly FolderArrow[] {
  const isFolder = (name: string): boolean => !name.endsWith('.ts');
  const arrows = folderArrows(sources, { withTypes: true }).filter(
    ({ from, to }) => isFolder(from) && isFolder(to) && !MUTUAL_TYPES.has(`${from} ${to}`),
  );
  return circularArrows(arrows);
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
