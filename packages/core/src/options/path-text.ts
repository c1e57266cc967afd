// Paths among options. A NUL character fails only when the path is used, and half a surrogate pair becomes another path.
import { option, type OptionRule } from './option-rules.ts';

/** True when a text can be the path of a file or of a directory. */
export function isPathText(text: string): boolean {
  return text.trim() !== '' && !text.includes('\0') && text.isWellFormed();
}

/** The words for `isPathText`, for schemas of any library. */
export const PATH_TEXT_EXPECTED = 'expected a path without NUL characters and half surrogate pairs';

/** A path. `what`: the kind of the path, for messages. */
export function pathText(what: string): OptionRule<string> {
  return option(what, (value) => typeof value === 'string' && isPathText(value));
}
