// Texts from outside, such as names of streams and messages of errors, in a bounded and harmless form.
import { escapeControls, escapeLines, redactText } from '@millrace/core/engine';

/** The bound on names of inputs, outputs, operators and executors, in characters. */
export const NAME_LENGTH_MAX = 200;
/** The bound on the text of one error of an output operation, in characters: message, code and stack together. */
export const ERROR_LENGTH_MAX = 4_096;
/** The bound on the message of the last error of a receiver, and on reasons, in characters. */
export const MESSAGE_LENGTH_MAX = 1_024;

/**
 * One line of at most `maxLength` characters, without control characters; a longer text ends with `…`. The result shares
 * no memory with a longer text. Secrets are replaced as in log lines: texts of errors come from programs and servers.
 */
export function cutText(text: string, maxLength: number): string {
  return cut(text, maxLength, escapeControls);
}

/** The same for a text whose lines are intended, such as a stack. */
export function cutLines(text: string, maxLength: number): string {
  return cut(text, maxLength, escapeLines);
}

/** A name, see `NAME_LENGTH_MAX`. The text itself when the name is short and harmless. */
export function cutName(name: string): string {
  if (name.length > NAME_LENGTH_MAX) return cutText(name, NAME_LENGTH_MAX);
  const escaped = escapeControls(name);
  return escaped.length <= NAME_LENGTH_MAX ? escaped : cutText(name, NAME_LENGTH_MAX);
}

function cut(text: string, maxLength: number, escape: (text: string) => string): string {
  // Cut first: a text of a gigabyte must not be escaped. A secret that is cut looks like no secret, hence the margin.
  const known = redactText(text.length > 4 * maxLength ? text.slice(0, 4 * maxLength) : text);
  // Escapes lengthen the text.
  const escaped = escape(known.length > maxLength ? known.slice(0, maxLength) : known);
  const isLong = text.length > 4 * maxLength || known.length > maxLength || escaped.length > maxLength;
  return detached(isLong ? `${escaped.slice(0, maxLength - 1)}…` : escaped);
}

/** A copy: a slice keeps the whole text behind the slice in memory. Halves of surrogate pairs become U+FFFD. */
function detached(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
