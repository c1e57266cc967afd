// Names and messages come from programs, sources and other systems. Preact writes them as text, never as markup; here
// characters that would move, hide or turn the text around become visible, and long texts are cut.

/* oxlint-disable no-control-regex -- these characters are the subject */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
/* oxlint-enable no-control-regex */

/** The length of a name in a table. */
export const NAME_LENGTH = 48;

/** The text without invisible characters, in one line, of at most this length. */
export function clean(text: string, length = 400): string {
  return block(text.replaceAll(/[\n\t]+/g, ' '), length);
}

/** The text without invisible characters, its lines kept, of at most this length. */
export function block(text: string, length = 4_096): string {
  const short = text.length > length ? `${text.slice(0, length - 1)}…` : text;
  return short.replaceAll(
    CONTROLS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
