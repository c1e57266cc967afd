// Which names of a directory count. Options are data, so a filter is a pattern and suffixes instead of a function.

/** What a name has to fit; both must hold. */
export interface FileNameRules {
  /** The name ends with one of these; empty: anything does. */
  readonly suffixes: readonly string[];
  /** The whole name fits: `*` stands for any characters, also none, `?` for exactly one. */
  readonly pattern: string;
}

/** Makes the test of a name. Names that begin with `.` never fit, unless the pattern begins with `.` too. */
export function fileNameFilter({ suffixes, pattern }: FileNameRules): (name: string) => boolean {
  const wantsHidden = pattern.startsWith('.');
  return (name) =>
    (wantsHidden || !name.startsWith('.')) &&
    (suffixes.length === 0 || suffixes.some((suffix) => name.endsWith(suffix))) &&
    fitsPattern(name, pattern);
}

/**
 * Goes along name and pattern once; where they part, the last `*` takes one more character. That is at most the
 * product of both lengths, while a regular expression of the same meaning can take exponentially long.
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
