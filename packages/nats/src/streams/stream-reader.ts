// Reads a stream from one sequence to another, by a consumer in the server's memory that is asked for batches. A consumer that is
// gone, or silent, is replaced by a new one behind the newest message that came. The reader tells nothing about gaps: a purge
// meanwhile leaves messages out, and the caller compares the sequences.
import { type Clock, isMillraceError, type RandomSource } from '@millrace/core';
import type { NatsLink } from '../link/nats-link.ts';
import { ConsumerPull } from './consumer-pull.ts';
import type { StoredMessage } from './stream-shapes.ts';

/** The messages to read, both ends included. */
export interface ReadMessages {
  readonly stream: string;
  readonly from: number;
  readonly to: number;
}

/** Collaborators of a reader. */
export interface StreamReaderDeps {
  readonly link: NatsLink;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** The first part of the subjects on which messages come. */
  readonly inboxPrefix: string;
}

/** The wait before the next consumer. */
const AGAIN_MS = 250;
const INBOX_ID = 16;

/** Reads ranges of streams. */
export class StreamReader {
  readonly #deps: StreamReaderDeps;

  constructor(deps: StreamReaderDeps) {
    this.#deps = deps;
  }

  /**
   * Every message of the range that the stream still has, in order. Ends with the message `to`, which the stream has to have: a
   * replica that lags behind is waited for.
   *
   * @throws `MR_CLUSTER_REFUSED` when the server refuses the consumer, for instance without the stream; errors of the link.
   */
  async *read({ stream, from, to }: ReadMessages): AsyncGenerator<StoredMessage> {
    const { link, clock, random, inboxPrefix } = this.#deps;
    let next = from;
    while (next <= to) {
      const pull = new ConsumerPull({ link, clock, stream, inbox: `${inboxPrefix}.${random.id(INBOX_ID)}` });
      try {
        await pull.open(next);
        for (let messages = await pull.take(); messages.length > 0; messages = await pull.take()) {
          for (const message of messages) {
            if (message.sequence < next) continue;
            next = message.sequence + 1;
            if (message.sequence <= to) yield message;
            if (message.sequence >= to) return;
          }
        }
      } catch (error) {
        if (!isMillraceError(error, 'MR_CLUSTER_UNANSWERED')) throw error;
      } finally {
        pull.close();
      }
      await clock.sleepFor(AGAIN_MS);
    }
  }
}
