// Finds circles of imports between files, with imports of types. A circle of values is refused by the linter already; a circle of
// types makes two files one idea in two places: the type belongs below both.
import { posix } from 'node:path';

const IMPORT = /^(?:import|export) [^;]*? from '(\.[^']*)';$/gm;

/**
 * Folders whose files describe one recursive idea: an RDD returns RDDs, and streams of event time return DStreams. Their files
 * may import each other's types.
 */
const ONE_IDEA: readonly (readonly string[])[] = [
  ['packages/engine/src/rdd/'],
  ['packages/engine/src/dstream/', 'packages/engine/src/event-time/'],
];

/** The circles, each with its files in the order of their names. @param sources Path to text. */
export function fileCircles(sources: ReadonlyMap<string, string>): readonly (readonly string[])[] {
  const arrows = new Map([...sources].map(([file, text]) => [file, importedBy(file, text, sources)]));
  const reached = new Map([...sources.keys()].map((file) => [file, reachedFrom(file, arrows)]));
  const reaches = (from: string, to: string): boolean => reached.get(from)?.has(to) === true;
  const circles = new Map<string, readonly string[]>();
  for (const file of sources.keys()) {
    if (!reaches(file, file)) continue;
    const circle = [...sources.keys()]
      .filter((other) => reaches(file, other) && reaches(other, file))
      .toSorted();
    if (!isOneIdea(circle)) circles.set(circle.join(' '), circle);
  }
  return [...circles.values()];
}

function importedBy(file: string, text: string, sources: ReadonlyMap<string, string>): readonly string[] {
  return [...text.matchAll(IMPORT)]
    .map(([, specifier = '']) => posix.join(posix.dirname(file), specifier))
    .filter((imported) => sources.has(imported));
}

/** The files that a file imports, directly and through others; the file itself only on a circle. */
function reachedFrom(file: string, arrows: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set(arrows.get(file));
  for (const one of reached) for (const next of arrows.get(one) ?? []) reached.add(next);
  return reached;
}

function isOneIdea(circle: readonly string[]): boolean {
  return ONE_IDEA.some((folders) =>
    circle.every((file) => folders.some((folder) => file.startsWith(folder))),
  );
}
