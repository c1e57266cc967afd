// Malformed records in words and codes of this package.
import type { ReceiverContext } from '@millrace/core';
import { MalformedReaction } from '@millrace/core/engine';
import { postgresError } from '../postgres-errors.ts';

/** The reaction of one receiver. */
export function malformedReaction(
  context: ReceiverContext<never>,
  reaction: 'stop' | 'skip',
): MalformedReaction {
  return new MalformedReaction({
    context,
    reaction,
    noun: 'records',
    errorOf: (message, details) => postgresError('MR_POSTGRES_MALFORMED', message, { details }),
  });
}
