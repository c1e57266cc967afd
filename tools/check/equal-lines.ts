// Finds text that stands in two places: runs of equal lines in sources. Whoever corrects one of two copies has to know the
// other; a shared function has one place. Two short runs may be equal by chance, a dozen lines are not.

/** The number of equal lines from which two places count as copies. Blank lines and imports do not count. */
export const EQUAL_LINES_MAX = 11;

/** A run of equal lines. Lines count from 1. */
export interface EqualLines {
  readonly first: { readonly file: string; readonly line: number };
  readonly second: { readonly file: string; readonly line: number };
  /** The number of equal lines, without blank lines and imports. */
  readonly length: number;
}

/** Products of a hash and the base are exact numbers. */
const PRIME = 2_147_483_647;
const BASE = 1_000_003;

interface Lines {
  readonly file: string;
  /** A number for each line, the same for equal lines. */
  readonly ids: readonly number[];
  /** The places of the lines in the file. */
  readonly numbers: readonly number[];
}

interface Place {
  readonly lines: Lines;
  readonly at: number;
}

/**
 * The runs of more equal lines than `max`, each once, at its full length. Lines are compared without indentation.
 *
 * @param sources Path to text.
 */
export function equalLines(
  sources: ReadonlyMap<string, string>,
  max = EQUAL_LINES_MAX,
): readonly EqualLines[] {
  const idOf = new Map<string, number>();
  const found: EqualLines[] = [];
  /** The first place of each window of `max + 1` lines, by the hash of the window. */
  const firsts = new Map<number, Place>();
  for (const [file, text] of sources) {
    const lines = linesOf(file, text, idOf);
    const hashes = windowHashes(lines.ids, max + 1);
    /** Windows before this place belong to a run that is already found. */
    let next = 0;
    for (const [at, hash] of hashes.entries()) {
      const first = firsts.get(hash);
      if (first === undefined) firsts.set(hash, { lines, at });
      if (first === undefined || at < next) continue;
      const length = equalFrom(first, { lines, at });
      // Shorter: two windows with one hash. Overlapping: one text with a repeated line, not a copy.
      if (length <= max || (first.lines === lines && at - first.at <= max)) continue;
      found.push({ first: placeOf(first), second: placeOf({ lines, at }), length });
      next = at + length - max;
    }
  }
  return found;
}

/** True for sources, without tests, benchmarks and the templates of generated projects. */
export function isCompared(file: string): boolean {
  const isSource = /^(?:packages|examples|tools|scripts)\/.*\.(?:ts|mts|mjs|js)$/.test(file);
  return isSource && !/\.(?:spec|spec-d|bench|d)\.ts$|\/(?:test|template[^/]*)\//.test(file);
}

function linesOf(file: string, text: string, idOf: Map<string, number>): Lines {
  const ids: number[] = [];
  const numbers: number[] = [];
  const withoutImports = text.replaceAll(
    /^(?:import|export)\b[^;'"]*from '[^']*';(?: \/\/ .*)?$/gm,
    (lines) => lines.replaceAll(/[^\n]/g, ''),
  );
  for (const [index, line] of withoutImports.split('\n').entries()) {
    const trimmed = line.trim();
    if (trimmed === '') continue;
    let id = idOf.get(trimmed);
    if (id === undefined) idOf.set(trimmed, (id = idOf.size));
    ids.push(id);
    numbers.push(index + 1);
  }
  return { file, ids, numbers };
}

/** A hash for each window of `length` lines: the lines as digits of a number, modulo a prime. */
function windowHashes(ids: readonly number[], length: number): readonly number[] {
  const hashes: number[] = [];
  let hash = 0;
  let weight = 1;
  for (let place = 1; place < length; place += 1) weight = (weight * BASE) % PRIME;
  for (const [at, id] of ids.entries()) {
    const leaving = at < length ? 0 : ((ids[at - length] ?? 0) * weight) % PRIME;
    hash = (((hash - leaving + PRIME) * BASE) % PRIME) + id;
    if (at >= length - 1) hashes.push(hash);
  }
  return hashes;
}

/** The number of equal lines from two places on. */
function equalFrom(first: Place, second: Place): number {
  let length = 0;
  for (;;) {
    const id = second.lines.ids[second.at + length];
    if (id === undefined || id !== first.lines.ids[first.at + length]) return length;
    length += 1;
  }
}

function placeOf({ lines, at }: Place): EqualLines['first'] {
  return { file: lines.file, line: lines.numbers[at] ?? 0 };
}
