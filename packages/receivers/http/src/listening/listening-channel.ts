// The announcement of a receiver's address to the program: with port 0 only the receiver knows the port. Options are
// data and cannot contain a callback, and a receiver may run in another thread than the program. The address is
// therefore published on the receiver's thread, and logged for people.
import { channel } from 'node:diagnostics_channel';

/** The name of the channel: `diagnostics_channel.subscribe(LISTENING_CHANNEL, (message) => …)`. */
export const LISTENING_CHANNEL = 'millrace:http:listening';

/** The message published when a receiver has begun to listen. */
export interface HttpListening {
  readonly streamId: number;
  readonly attemptId: string;
  readonly executorId: string;
  /** The URL for posts, for instance `http://127.0.0.1:8080/events`. */
  readonly url: string;
  readonly address: string;
  readonly port: number;
  /** The URL of health on a port of its own; absent without `healthPort`. */
  readonly healthUrl?: string;
}

/** Publishes to all subscribers. */
export function publishListening(message: HttpListening): void {
  channel(LISTENING_CHANNEL).publish(message);
}
