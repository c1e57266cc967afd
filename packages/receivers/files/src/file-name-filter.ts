// Selects names of a directory. Options are data, so a filter is a pattern with suffixes instead of a function.

/** The conditions on a name; both must hold. */
export interface FileNameRules {
  /** The name ends with one of these; empty: any name. */
  readonly suffixes: readonly string[];
  /** The whole name matches: `*` stands for any characters, also none, `?` for exactly one character. */
  readonly pattern: string;
}

/** Makes the test of a name. Names that begin with `.` never match, unless the pattern begins with `.` too. */
export function fileNameFilter({ suffixes, pattern }: FileNameRules): (name: string) => boolean {
  const wantsHidden = pattern.startsWith('.');
  return (name) =>
    (wantsHidden || !name.startsWith('.')) &&
    (suffixes.length === 0 || suffixes.some((suffix) => name.endsWith(suffix))) &&
    fitsPattern(name, pattern);
}

/**
 * Compares name and pattern in one pass; at a difference, the last `*` takes one more character. The cost is at most
 * the product of both lengths, while an equivalent regular expression can take exponential time.
 */
function fitsPattern(name: string, pattern: string): boolean {
  let at = 0;
  let patternAt = 0;
  let starAt = -1;
  let starTook = 0;
  while (at < name.length) {
    if (pattern[patternAt] === '*') {
      starAt = patternAt++;
      starTook = at;
    } else if (pattern[patternAt] === '?' || pattern[patternAt] === name[at]) {
      patternAt += 1;
      at += 1;
    } else if (starAt !== -1) {
      patternAt = starAt + 1;
      at = ++starTook;
    } else {
      return false;
    }
  }
  while (pattern[patternAt] === '*') patternAt += 1;
  return patternAt === pattern.length;
}
