// The columns that text takes on a terminal. A letter with its marks is one cell; ideographs and emoji are two.

const LETTERS = new Intl.Segmenter();
const PLAIN = /^[\x20-\x7e]*$/;
const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}])/u;

/** The columns of one line of text without control characters. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of LETTERS.segment(text)) width += widthOfLetter(segment);
  return width;
}

/** The text in at most `width` columns; a longer text ends with `…`. */
export function fit(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return '';
  let shown = '';
  let used = 1;
  for (const { segment } of LETTERS.segment(text)) {
    used += widthOfLetter(segment);
    if (used > width) break;
    shown += segment;
  }
  return `${shown}…`;
}

/** The same with `…` in the middle: of names with a common beginning, the end tells which is which. */
export function fitMiddle(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const letters = Array.from(LETTERS.segment(text), ({ segment }) => segment);
  const head = beginningOf(letters, Math.ceil((width - 1) / 2));
  const tail = beginningOf(letters.toReversed(), width - 1 - displayWidth(head.join('')));
  return width < 1 ? '' : `${head.join('')}…${tail.toReversed().join('')}`;
}

function beginningOf(letters: readonly string[], width: number): readonly string[] {
  let used = 0;
  const end = letters.findIndex((letter) => (used += widthOfLetter(letter)) > width);
  return end < 0 ? letters : letters.slice(0, end);
}

/** The text in exactly `width` columns, flush left or right. A longer text has `…` in the middle. */
export function padded(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const shown = fitMiddle(text, width);
  const space = ' '.repeat(Math.max(0, width - displayWidth(shown)));
  return align === 'left' ? shown + space : space + shown;
}

/** The text in lines of at most `width` columns, broken between words; a longer word is broken anywhere. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(/ +/)) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    while (displayWidth(word) > width) {
      const part = fit(word, width + 1).slice(0, -1);
      if (part === '') break;
      lines.push(part);
      word = word.slice(part.length);
    }
    line = word;
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** The text without its last letter. */
export function withoutLastLetter(text: string): string {
  const letters = [...LETTERS.segment(text)];
  return text.slice(0, letters.at(-1)?.index ?? 0);
}

function widthOfLetter(letter: string): number {
  return WIDE.test(letter) ? 2 : 1;
}
