// The error for something else where an object of options is due.
import type { MillraceError } from '../errors/millrace-error.ts';
import { describeValue, HINT_PLAIN_DATA, optionError } from './option-error.ts';

/** `MR_CONFIG_INVALID_OPTION` for a value that holds no options by name. */
export function notOptions(owner: string, given: unknown, path = ''): MillraceError {
  return optionError(owner, [
    { path, expected: 'expected an object of options', got: describeValue(given), hint: HINT_PLAIN_DATA },
  ]);
}
