// Text of strangers on a terminal. A record may hold escape sequences that move the cursor, hide lines or set the title,
// and a newline that forges the lines around the record.

/* oxlint-disable no-control-regex -- these characters are the subject */
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
const ALL_CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;
/* oxlint-enable no-control-regex */

const SHORT: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
};

/**
 * The text with each control character but the tab written as an escape, for instance `\n` or `\x1b`: C0, DEL, C1, and
 * the two line separators of Unicode. The result is one line, and a terminal shows the result as it is.
 */
export function escapeControls(text: string): string {
  return CONTROLS.test(text) ? text.replaceAll(ALL_CONTROLS, escaped) : text;
}

/** Text of several lines, each as `escapeControls` makes it: for output whose lines were made one by one. */
export function escapeLines(text: string): string {
  return CONTROLS.test(text) ? text.split('\n').map(escapeControls).join('\n') : text;
}

function escaped(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  return SHORT[character] ?? (code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, '0')}`);
}
