// Serialisation of errors for threads, processes and logs. Any thrown value becomes data of bounded size, and data from
// the other side becomes an error again, even if the data is malformed.
import type { SerializedError } from '../contracts/serialized-error.ts';
import { isDisposition, isMillraceError, MillraceError } from './millrace-error.ts';
import { plainDetails } from './plain-details.ts';
import { isError, messageOf, nameOf, propertyOf, shortened } from './thrown-value.ts';

/** The number of serialised causes of an error. */
const CAUSES_MAX = 16;
const STACK_CHARACTERS_MAX = 16_384;

/**
 * Turns any thrown value into plain data that crosses threads and processes. Never throws, and bounds the result: a
 * message has 8,192 characters at most, a stack 16,384, details 1,000 values, and 16 causes are included. A circle of
 * causes ends at its first repetition. For an `AggregateError` the first error is the cause, and the message contains
 * the number of errors.
 */
export function serializeError(thrown: unknown): SerializedError {
  return serialized(thrown, CAUSES_MAX, new Set());
}

function serialized(thrown: unknown, causesLeft: number, above: Set<unknown>): SerializedError {
  above.add(thrown);
  const errors = errorsOf(thrown);
  const message = errors === undefined ? messageOf(thrown) : aggregateMessage(thrown, errors.length);
  const stack = isError(thrown) ? propertyOf(thrown, 'stack') : undefined;
  return {
    name: nameOf(thrown),
    message,
    ...(typeof stack === 'string' ? { stack: shortened(stack, STACK_CHARACTERS_MAX) } : {}),
    ...ownFields(thrown),
    ...causeField(propertyOf(thrown, 'cause') ?? errors?.first, causesLeft, above),
  };
}

/** The fields of a Millrace error, read from a possibly forged error. */
function ownFields(thrown: unknown): Partial<SerializedError> {
  if (!isMillraceError(thrown)) return {};
  const disposition = propertyOf(thrown, 'disposition');
  return {
    code: shortened(String(propertyOf(thrown, 'code')), 200),
    disposition: isDisposition(disposition) ? disposition : 'fail-batch',
    details: plainDetails(propertyOf(thrown, 'details')),
  };
}

function causeField(
  cause: unknown,
  causesLeft: number,
  above: Set<unknown>,
): { readonly cause?: SerializedError } {
  if (cause === undefined) return {};
  if (above.has(cause)) return { cause: note('the cause is an error shown above') };
  if (causesLeft === 0) return { cause: note(`more than ${CAUSES_MAX} causes; the others are left out`) };
  return { cause: serialized(cause, causesLeft - 1, above) };
}

function note(message: string): SerializedError {
  return { name: 'Error', message };
}

/** The errors of an `AggregateError` or of a similar object. */
function errorsOf(thrown: unknown): { readonly length: number; readonly first: unknown } | undefined {
  const errors = propertyOf(thrown, 'errors');
  if (!isError(thrown) || !isArray(errors)) return undefined;
  const length = propertyOf(errors, 'length');
  return typeof length === 'number' ? { length, first: propertyOf(errors, 0) } : undefined;
}

function isArray(value: unknown): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

function aggregateMessage(thrown: unknown, length: number): string {
  const message = propertyOf(thrown, 'message');
  const own = typeof message === 'string' && message !== '' ? `${shortened(message)} ` : '';
  return `${own}(${length} errors${length > 1 ? '; the first is the cause' : ''})`;
}

/**
 * The counterpart of `serializeError`: a `MillraceError` for a serialised one, else an `Error` with name and stack.
 * Data of another shape, or with more causes than `serializeError` includes, also becomes an error: no data makes this
 * function throw.
 */
export function deserializeError(error: SerializedError): Error {
  return deserialized(error, CAUSES_MAX + 1);
}

function deserialized(data: unknown, causesLeft: number): Error {
  const causeData = propertyOf(data, 'cause');
  const hasCause = typeof causeData === 'object' && causeData !== null && causesLeft > 0;
  const cause = hasCause ? deserialized(causeData, causesLeft - 1) : undefined;
  const code = propertyOf(data, 'code');
  const stack = propertyOf(data, 'stack');
  const result = typeof code === 'string' ? millraceError(data, code, cause) : plainError(data, cause);
  if (typeof stack === 'string') result.stack = stack;
  return result;
}

function plainError(data: unknown, cause: Error | undefined): Error {
  const result = new Error(messageOf(data), cause === undefined ? undefined : { cause });
  result.name = nameOf(data);
  return result;
}

function millraceError(data: unknown, code: string, cause: Error | undefined): MillraceError {
  const disposition = propertyOf(data, 'disposition');
  const details = propertyOf(data, 'details');
  return new MillraceError(code, messageOf(data), {
    disposition: isDisposition(disposition) ? disposition : 'fail-batch',
    details: details === undefined ? {} : plainDetails(details),
    cause,
  });
}
