// Malformed entries in words and codes of this package.
import type { ReceiverContext } from '@millrace/core';
import { MalformedReaction } from '@millrace/core/engine';
import { redisError } from '../redis-errors.ts';

/** The reaction of one receiver. */
export function malformedReaction(
  context: ReceiverContext<never>,
  reaction: 'stop' | 'skip',
): MalformedReaction {
  return new MalformedReaction({
    context,
    reaction,
    noun: 'entries',
    errorOf: (message, details) => redisError('MR_REDIS_MALFORMED', message, { details }),
  });
}
