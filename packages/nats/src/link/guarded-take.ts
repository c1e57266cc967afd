// An error thrown by a subscriber ends neither the subscription nor the link. In the client library, such an error ends the loop
// that reads the connection, and the link is deaf until its time-out.
import type { Logger } from '@millrace/core';
import type { TakeMessage } from './nats-link.ts';

/** Calls `take`, and logs an error that `take` throws. */
export function guardedTake(take: TakeMessage, log: Logger): TakeMessage {
  return (message) => {
    try {
      take(message);
    } catch (error) {
      log.error('a subscriber failed', { subject: message.subject, error });
    }
  };
}
