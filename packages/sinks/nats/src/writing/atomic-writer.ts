// Writes a partition in atomic batches, one after the other. Each begins with a message of the ledger, which is refused when
// another writer was faster; then the whole batch is refused, and the ledger tells where to go on.
//
//   ledger: nothing      [ ledger 0 | records 0–899 ] ─► [ ledger 1 | records 900–1,200, last ]
//   ledger: chunk 0, 900                                 [ ledger 1 | records 900–1,200, last ]
//   ledger: last         nothing to do
import type { SinkWrite } from '@millrace/core';
import { headers, nuid } from '@nats-io/transport-node';
import { isAnotherLast } from '../connection/nats-sink-failure.ts';
import type { TargetStream } from '../stream/target-stream.ts';
import type { LedgerSubjects, WrittenPart } from '../ledger/ledger-subjects.ts';
import { EXPECT_NONE, type StreamLedger } from '../ledger/stream-ledger.ts';
import { headersOf } from '../messages/encoded-message.ts';
import type { NatsMessageChunk, NatsMessageChunks } from '../messages/message-chunks.ts';

/** Collaborators of an `AtomicWriter`. */
export interface AtomicWriterDeps {
  readonly stream: () => Promise<TargetStream>;
  readonly ledger: StreamLedger;
  readonly subjects: LedgerSubjects;
}

const BATCH_ID = 'Nats-Batch-Id';
const BATCH_SEQUENCE = 'Nats-Batch-Sequence';
const BATCH_COMMIT = 'Nats-Batch-Commit';
const NOTHING: WrittenPart = { chunk: -1, to: 0, isLast: false };

/** Writes partitions effectively once. */
export class AtomicWriter {
  readonly #deps: AtomicWriterDeps;

  constructor(deps: AtomicWriterDeps) {
    this.#deps = deps;
  }

  /** @throws errors of the ledger, of the records and of the client. */
  async write(chunks: NatsMessageChunks<unknown>, write: SinkWrite): Promise<void> {
    const { ledger } = this.#deps;
    await ledger.claim(write);
    let written = (await ledger.written(write)) ?? NOTHING;
    let waiting: NatsMessageChunk | undefined;
    while (!written.isLast) {
      const chunk = this.#chunkAt(chunks, written.to, waiting);
      const next = { chunk: written.chunk + 1, to: chunk.from + chunk.messages.length, isLast: chunk.isLast };
      waiting = chunk;
      written = (await this.#commit(chunk, next, write)) ? next : ((await ledger.written(write)) ?? written);
    }
    if (write.partition === 0) await ledger.forget(write);
  }

  /** The messages from a record on: the rest of a refused chunk, or the next chunk. */
  #chunkAt(
    chunks: NatsMessageChunks<unknown>,
    from: number,
    refused: NatsMessageChunk | undefined,
  ): NatsMessageChunk {
    if (refused !== undefined && from < refused.from + refused.messages.length)
      return { ...refused, from, messages: refused.messages.slice(from - refused.from) };
    chunks.skipTo(from);
    return chunks.next();
  }

  /** False when another writer has written the chunk. */
  async #commit(chunk: NatsMessageChunk, { chunk: index, ...content }: WrittenPart, write: SinkWrite) {
    const stream = await this.#deps.stream();
    const id = nuid.next();
    let sequence = 0;
    const headersIn = (of = headers()) => {
      sequence += 1;
      of.set(BATCH_ID, id);
      of.set(BATCH_SEQUENCE, String(sequence));
      return of;
    };
    const entryHeaders = headersIn();
    entryHeaders.set(EXPECT_NONE.name, EXPECT_NONE.value);
    const subject = this.#deps.subjects.chunk(write, index);
    const entry = { subject, data: Buffer.from(JSON.stringify(content)), headers: entryHeaders };
    const last = chunk.messages.at(-1);
    try {
      if (last === undefined) {
        entryHeaders.set(BATCH_COMMIT, '1');
        await stream.publish(entry);
        return true;
      }
      await stream.publish(entry);
      for (const message of chunk.messages.slice(0, -1))
        stream.send({ subject: message.subject, data: message.data, headers: headersIn(headersOf(message)) });
      const commit = headersIn(headersOf(last));
      commit.set(BATCH_COMMIT, '1');
      await stream.publish({ subject: last.subject, data: last.data, headers: commit });
      return true;
    } catch (error) {
      if (isAnotherLast(error)) return false;
      throw error;
    }
  }
}
