// Malformed messages in words and codes of this package.
import type { ReceiverContext } from '@millrace/core';
import { escapeControls, MalformedReaction } from '@millrace/core/engine';
import { natsError } from '../nats-errors.ts';

/** The reaction of one receiver. */
export function malformedReaction(
  context: ReceiverContext<never>,
  reaction: 'stop' | 'skip',
): MalformedReaction {
  return new MalformedReaction({
    context,
    reaction,
    errorOf: (message, details) => natsError('MR_NATS_MALFORMED', message, { details }),
  });
}

/** The place of a message of a stream, for people. */
export function placeInStream(stream: string, sequence: number): string {
  return `message ${sequence} of the stream ${stream}`;
}

/** The place of a message of core NATS, for people. */
export function placeOfSubject(subject: string): string {
  return `a message of the subject ${escapeControls(subject)}`;
}
