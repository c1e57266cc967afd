// Finds circles of imports between files, with imports of types. A circle of values is refused by the linter already; a circle of
// types makes two files one idea in two places: the type belongs below both.
import { posix } from 'node:path';

const IMPORT = /^(?:import|export) [^;]*? from '(\.[^']*)';$/gm;

/**
 * The one circle that is allowed, file by file (ADR 0040): `DStream.assignTimestamps` returns a stream of event time, and the
 * results of a stream of event time are DStreams. Each class lists its methods with their documentation; one file for both
 * would be longer than all others, and any way to open the circle hides a method from the reader of its class.
 */
const ALLOWED: readonly string[] = [
  'packages/engine/src/dstream/dstream.ts',
  'packages/engine/src/event-time/event-time-stream.ts',
  'packages/engine/src/event-time/event-time-windows.ts',
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
    if (circle.join(' ') !== ALLOWED.join(' ')) circles.set(circle.join(' '), circle);
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
