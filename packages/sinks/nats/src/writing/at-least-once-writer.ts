// Writes a partition message by message, without a ledger. Each message has an id, by which the stream leaves out a repeated
// message within its duplicate window.
import type { SinkWrite } from '@millrace/core';
import type { TargetStream } from '../stream/target-stream.ts';
import { type EncodedNatsMessage, headersOf } from '../messages/encoded-message.ts';
import type { NatsMessageChunks } from '../messages/message-chunks.ts';

/** Collaborators of a `AtLeastOnceWriter`. */
export interface AtLeastOnceWriterDeps {
  readonly stream: () => Promise<TargetStream>;
}

const MESSAGE_ID = 'Nats-Msg-Id';

/** Writes partitions at least once. */
export class AtLeastOnceWriter {
  readonly #deps: AtLeastOnceWriterDeps;

  constructor(deps: AtLeastOnceWriterDeps) {
    this.#deps = deps;
  }

  /** @throws errors of the records and of the client. */
  async write(chunks: NatsMessageChunks<unknown>, write: SinkWrite): Promise<void> {
    const { application, outputOperation, batchTime, partition } = write;
    const id = [application, outputOperation, batchTime, partition].join('/');
    const stream = await this.#deps.stream();
    for (let isLast = false; !isLast;) {
      const chunk = chunks.next();
      await Promise.all(
        chunk.messages.map((message, index) => publish(stream, message, `${id}/${chunk.from + index}`)),
      );
      isLast = chunk.isLast;
    }
  }
}

async function publish(stream: TargetStream, message: EncodedNatsMessage, id: string): Promise<void> {
  const headers = headersOf(message);
  headers.set(MESSAGE_ID, id);
  await stream.publish({ subject: message.subject, data: message.data, headers });
}
