// Malformed messages in words and codes of this package.
import type { ReceiverContext } from '@millrace/core';
import { MalformedReaction, type MalformedValue } from '@millrace/core/engine';
import { kafkaError } from '../kafka-errors.ts';
import type { MessagePlace } from './message-decoder.ts';

/** The reaction of one receiver. */
export function malformedReaction(
  context: ReceiverContext<never>,
  reaction: 'stop' | 'skip',
): MalformedReaction {
  return new MalformedReaction({
    context,
    reaction,
    errorOf: (message, details) => kafkaError('MR_KAFKA_MALFORMED', message, { details }),
  });
}

/** Leaves a malformed message out, or ends the receiver; see `MalformedReaction.leaveOut`. */
export function leaveMessageOut(
  malformed: MalformedReaction,
  value: MalformedValue,
  { topic, partition, offset }: MessagePlace & { readonly offset: number },
): boolean {
  const place = `the message of ${topic}[${partition}] at offset ${offset}`;
  return malformed.leaveOut(value, place, { topic, partition, offset });
}
