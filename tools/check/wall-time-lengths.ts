// Finds lengths of time that depend on the wall clock: `clock.now() + delay`, `schedule(clock.now() …)`,
// `clock.now() - begun`. Such a length is wrong by the amount by which the clock is set (CLOCK-17): `after`, `sleepFor`
// and `monotonicMs` are for lengths. The time until an instant is `msUntil(clock, instantMs)` of core, so that code can
// name an instant explicitly.

/** The clock's own files, and the kit that checks clocks. */
const EXEMPT = /^packages\/(?:core\/src\/time\/|testing\/src\/conformance\/clock\/)/;
const CHECKED = /^(?:packages\/.*\/(?:src|template[^/]*)|examples)\/.*\.ts$/;

const NOW = String.raw`(?:\bclock|\bClock\b[^;=]{0,20})\.now\(\)`;
const PATTERNS = [
  // Wall time in a calculation: added, subtracted, or reduced.
  new RegExp(String.raw`${NOW}\s*[-+](?![-+])`),
  new RegExp(String.raw`[-+]\s*[\w.#]*${NOW}`),
  // Scheduled at once: a turn of the event loop is `sleepFor(0)`.
  new RegExp(String.raw`\.(?:schedule|sleepUntil)\(\s*[\w.#]*${NOW}`),
];
const NAMED = /\b(?:const|let)\s+(\w+)\s*(?::\s*number\s*)?=\s*[\w.#]*\bclock\.now\(\)\s*;/;

/** True when a file is checked. */
export function isChecked(file: string): boolean {
  return CHECKED.test(file) && !EXEMPT.test(file) && !/\.(?:spec|spec-d)\.ts$/.test(file);
}

/** The numbers of the lines, from 1, that calculate a length from wall time. */
export function wallTimeLengths(text: string): readonly number[] {
  const lines = text.split('\n').map((line) => line.replace(/\/\/.*$/, '').replace(/^\s*\*.*$/, ''));
  const found = new Set<number>();
  lines.forEach((line, index) => {
    // A call may be broken over lines.
    const statement = line + (/[(+-]\s*$/.test(line) ? (lines[index + 1] ?? '') : '');
    if (PATTERNS.some((pattern) => pattern.test(statement))) found.add(index + 1);
    const name = NAMED.exec(line)?.[1];
    if (name !== undefined) for (const number of usesOf(name, lines, index)) found.add(number);
  });
  return [...found].toSorted((a, b) => a - b);
}

/** The lines that calculate with a name for the wall time, up to the end of its function. */
function usesOf(name: string, lines: readonly string[], from: number): readonly number[] {
  const used = new RegExp(String.raw`(?<![\w.])${name}\s*[-+](?![-+=])|[-+]\s*${name}\b`);
  const indent = indentOf(lines[from] ?? '');
  const found: number[] = [];
  for (let index = from + 1; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line.trim() !== '' && indentOf(line) < indent) break;
    if (used.test(line)) found.push(index + 1);
  }
  return found;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
