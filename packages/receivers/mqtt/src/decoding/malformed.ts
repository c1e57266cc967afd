// Malformed messages in words and codes of this package.
import type { ReceiverContext } from '@millrace/core';
import { MalformedReaction } from '@millrace/core/engine';
import { mqttError } from '../mqtt-errors.ts';

/** The reaction of one receiver. */
export function malformedReaction(
  context: ReceiverContext<never>,
  reaction: 'stop' | 'skip',
): MalformedReaction {
  return new MalformedReaction({
    context,
    reaction,
    errorOf: (message, details) => mqttError('MR_MQTT_MALFORMED', message, { details }),
  });
}

/** The place of a message, for people. */
export function placeOfMessage(topic: string): string {
  return `a message of ${JSON.stringify(topic)}`;
}
