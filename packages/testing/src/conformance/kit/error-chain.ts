// An error with its causes, as lines for the message of a failed check. The first cause is often the only one of use: a
// refused connection, or a mistake in the code under test.
import { propertyOf } from '@millrace/core/engine';
import { told } from './rejection-of.ts';

const CAUSES_MAX = 5;
/** A frame of Node, or of a package that somebody else has written. */
const FOREIGN = /\(?(?:node:|.*[/\\]node_modules[/\\])/;

/** The error in one line, one line for each cause, and the place in the author's code nearest to the first cause. */
export function errorChain(error: unknown): readonly string[] {
  const errors: unknown[] = [];
  for (let at = error; at !== undefined && errors.length <= CAUSES_MAX; at = causeOf(at)) errors.push(at);
  const lines = errors.map((one, level) => (level === 0 ? told(one) : `caused by ${told(one)}`));
  const place = errors
    .toReversed()
    .map(placeOf)
    .find((found) => found !== undefined);
  return place === undefined ? lines : [...lines, place];
}

/** The cause; of several errors at once, the first. */
function causeOf(error: unknown): unknown {
  const cause = propertyOf(error, 'cause');
  if (cause !== undefined) return cause;
  const errors = propertyOf(error, 'errors');
  return Array.isArray(errors) ? (errors[0] as unknown) : undefined;
}

function placeOf(error: unknown): string | undefined {
  const stack = propertyOf(error, 'stack');
  if (typeof stack !== 'string') return undefined;
  const frames = stack.split('\n').filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line));
  return frames
    .map((line) => line.trim())
    .find((line) => !FOREIGN.test(line.replace(/^at /, '').split(' ').at(-1) ?? ''));
}
