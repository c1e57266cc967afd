// Untrusted text on a terminal. A record may contain escape sequences that move the cursor, hide lines or set the
// title, and a newline that forges neighbouring lines.

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
 * The text with every control character except the tab written as an escape, for instance `\n` or `\x1b`: C0, DEL, C1,
 * and the two line separators of Unicode. The result is one line, and a terminal shows every character of the result
 * literally. JSON stays JSON with the same value, because JSON has no raw C0 and knows the escapes of the others.
 */
export function escapeControls(text: string): string {
  return CONTROLS.test(text) ? text.replaceAll(ALL_CONTROLS, escaped) : text;
}

/** Text of several lines, each escaped with `escapeControls`: for output whose lines are intended. */
export function escapeLines(text: string): string {
  return CONTROLS.test(text) ? text.split('\n').map(escapeControls).join('\n') : text;
}

function escaped(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  return (
    SHORT[character] ?? (character < ' ' ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`)
  );
}
