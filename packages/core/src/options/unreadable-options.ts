// The error for options that throw during validation: in a rule, a schema or a copy.
import { messageOf } from '../errors/thrown-value.ts';
import type { MillraceError } from '../errors/millrace-error.ts';
import { describeValue, HINT_PLAIN_DATA, optionError } from './option-error.ts';
import { formatPath } from './option-path.ts';
import { unreadablePart } from './unreadable-part.ts';

/** Options whose check threw. */
export interface UnreadableOptions {
  readonly owner: string;
  /** The place of the options among the owner's options. */
  readonly path?: string;
  readonly given: unknown;
  /** The error of the check. */
  readonly thrown: unknown;
  /** Takes secrets out of a reason, which is a text of strangers. */
  readonly cleaned?: (reason: string) => string;
}

/** `MR_CONFIG_INVALID_OPTION` with the place of the part that cannot be read, or with the reason alone when all can be. */
export function unreadableOptions(options: UnreadableOptions): MillraceError {
  const { owner, path = '', given, thrown, cleaned = (reason) => reason } = options;
  const part = unreadablePart(given);
  const inside = formatPath(part?.path ?? []);
  const separator = path === '' || inside === '' || inside.startsWith('[') ? '' : '.';
  return optionError(owner, [
    {
      path: `${path}${separator}${inside}`,
      expected: 'expected a value that can be read',
      got: `${part === undefined ? describeValue(given) : 'one that throws'} (${cleaned(part?.reason ?? messageOf(thrown))})`,
      hint: HINT_PLAIN_DATA,
    },
  ]);
}
