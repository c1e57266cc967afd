// Finds arrays that are spread into the arguments of a call: `Math.max(...lengths)`, `all.push(...more)`. Each element
// is an argument, and arguments are on the stack: from about ten thousand elements on such a call throws a RangeError.
// Loops, `concat` and `reduce` have no such bound. A list that is bounded by the code itself is marked by a comment
// with `bounded:`.

/** Simulation and benchmarks are excluded: their spread arrays are draws and measurements of their own. */
const CHECKED = /^packages\/(?!sim\/|bench\/).*\/?src\/.*\.ts$/;
/** `bounded:` with the reason, at the end of the line or in the previous line. */
const ALLOWED = /\/\/ bounded: \S/;

/** True when a file is checked. */
export function isChecked(file: string): boolean {
  return CHECKED.test(file) && !/\.(?:spec|spec-d)\.ts$/.test(file);
}

/** The numbers of the lines, from 1, with a spread array without a bound in a call. */
export function arraySpreads(text: string): readonly number[] {
  const lines = text.split('\n');
  const code = withoutTexts(text);
  const found: number[] = [];
  const open: { readonly bracket: string; readonly isCall: boolean }[] = [];
  for (let at = 0; at < code.length; at += 1) {
    const character = code[at] ?? '';
    if ('([{'.includes(character)) open.push({ bracket: character, isCall: isCallAt(code, at) });
    else if (')]}'.includes(character)) open.pop();
    else if (code.startsWith('...', at)) {
      const line = code.slice(0, at).split('\n').length;
      const isAllowed = [lines[line - 1], lines[line - 2]].some((near) => ALLOWED.test(near ?? ''));
      if (open.at(-1)?.isCall === true && !isParameter(code, at) && !isAllowed) found.push(line);
      at += 2;
    }
  }
  return found;
}

/**
 * True when the parenthesis at this place begins arguments: the text before the parenthesis is an expression or its
 * type arguments.
 */
function isCallAt(code: string, at: number): boolean {
  if (code[at] !== '(') return false;
  const before = /(?:([\w$#]+)|[)\]>])\s*$/.exec(code.slice(Math.max(0, at - 80), at));
  return before !== null && !/^(?:if|for|while|switch|return|await|catch|yield|of|in)$/.test(before[1] ?? '');
}

/** A rest parameter has a type, or an arrow behind its list. */
function isParameter(code: string, at: number): boolean {
  if (/^\.\.\.\w+\s*:/.test(code.slice(at, at + 80))) return true;
  let depth = 1;
  for (let end = at; end < code.length; end += 1) {
    if ('([{'.includes(code[end] ?? '')) depth += 1;
    else if (')]}'.includes(code[end] ?? '')) depth -= 1;
    if (depth === 0) return /^\)\s*(?::[^;{}()]*)?=>/.test(code.slice(end, end + 80));
  }
  return false;
}

/** The code with blanks in place of comments and contents of texts, so that places keep their offsets. */
function withoutTexts(text: string): string {
  const blank = (found: string) => found.replaceAll(/[^\n]/g, ' ');
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, blank);
}
