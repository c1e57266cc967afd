// How a program learns where a receiver listens, which with port 0 only the receiver knows. Options are data and cannot
// take a callback, and a receiver may run in another thread than the program that configured it; so it is published,
// on the thread of the receiver, and logged for people.
import { channel } from 'node:diagnostics_channel';

/** The name of the channel: `diagnostics_channel.subscribe(LISTENING_CHANNEL, (message) => …)`. */
export const LISTENING_CHANNEL = 'millrace:http:listening';

/** What is published when a receiver has begun to listen. */
export interface HttpListening {
  readonly streamId: number;
  readonly attemptId: string;
  readonly executorId: string;
  /** Where to post to, for instance `http://127.0.0.1:8080/events`. */
  readonly url: string;
  readonly address: string;
  readonly port: number;
  /** Where health is told on a port of its own; absent without `healthPort`. */
  readonly healthUrl?: string;
}

/** Tells whoever subscribed. */
export function publishListening(message: HttpListening): void {
  channel(LISTENING_CHANNEL).publish(message);
}
