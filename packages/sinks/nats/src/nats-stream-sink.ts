// The sink itself: connects, looks at the stream, and hands every partition to its writer. A connection that broke is replaced by
// the next write.
import { NatsServerLink, serversOf } from '@millrace/connection-nats';
import {
  type Clock,
  coreError,
  NodeStorage,
  type Sink,
  type SinkCapabilities,
  type SinkWrite,
  SystemClock,
} from '@millrace/core';
import { natsSinkFailure, unusableFiles } from './connection/nats-sink-failure.ts';
import { TargetStream } from './stream/target-stream.ts';
import { LedgerSubjects } from './ledger/ledger-subjects.ts';
import { StreamLedger } from './ledger/stream-ledger.ts';
import { NatsMessageChunks, NatsMessagesFailed } from './messages/message-chunks.ts';
import type { NatsSinkMessage } from './messages/nats-sink-message.ts';
import { ledgerSubjectOf, type NatsSinkOptions } from './nats-sink.options.ts';
import { AtomicWriter } from './writing/atomic-writer.ts';
import { AtLeastOnceWriter } from './writing/at-least-once-writer.ts';
import { WriterTurns } from './writing/turns.ts';

/** Writes partitions as messages of one stream. */
export class NatsStreamSink<T> implements Sink<T> {
  readonly name = 'nats';
  readonly capabilities: SinkCapabilities;
  readonly #options: NatsSinkOptions;
  readonly #message: ((record: T) => NatsSinkMessage) | undefined;
  readonly #clock: Clock = new SystemClock();
  readonly #writer: AtomicWriter | AtLeastOnceWriter;
  readonly #turns: WriterTurns;
  #stream: Promise<TargetStream> | undefined;
  #isOpen = false;
  #isClosed = false;

  constructor(options: NatsSinkOptions, message: ((record: T) => NatsSinkMessage) | undefined) {
    this.#options = options;
    this.#message = message;
    this.#turns = new WriterTurns(options.writers);
    this.capabilities = Object.freeze({ delivery: options.delivery });
    const stream = (): Promise<TargetStream> => this.#connected();
    const subjects = new LedgerSubjects(ledgerSubjectOf(options));
    const { delivery, ledgerBatches } = options;
    this.#writer =
      delivery === 'at-least-once'
        ? new AtLeastOnceWriter({ stream })
        : new AtomicWriter({
            stream,
            subjects,
            ledger: new StreamLedger({ stream, subjects, ledgerBatches }),
          });
  }

  /**
   * Connects and looks at the stream.
   *
   * @throws `MR_SINK_NOT_OPEN` after `close`, `MR_SINK_NATS_UNREACHABLE`, `_DENIED`, `_FILES_UNUSABLE`, `_STREAM_UNKNOWN`,
   *   `_STREAM_UNFIT`
   */
  async open(): Promise<void> {
    if (this.#isClosed) throw this.#notOpen();
    if (this.#isOpen) return;
    try {
      await this.#connected();
      this.#isOpen = true;
    } catch (error) {
      throw natsSinkFailure(error, {
        what: `open the stream ${this.#options.stream}`,
        options: this.#options,
      });
    }
  }

  /**
   * Writes one partition, in atomic batches unless the sink is `at-least-once`.
   *
   * @throws `MR_SINK_NOT_OPEN`, `MR_SINK_UNSUPPORTED_RECORD`, `MR_SINK_REPARTITIONED`, `MR_SINK_NATS_…`
   */
  async write(records: Iterable<T>, write: SinkWrite): Promise<void> {
    if (!this.#isOpen || this.#isClosed) throw this.#notOpen();
    try {
      await this.#turns.run(() => this.#write(records, write));
    } catch (error) {
      if (error instanceof NatsMessagesFailed) throw error.cause;
      const what = `write partition ${write.partition} to the stream ${this.#options.stream}`;
      throw natsSinkFailure(error, { what, options: this.#options, details: { ...write } });
    }
  }

  /** Closes the connection. May be repeated. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const stream = this.#stream;
    this.#stream = undefined;
    try {
      await (await stream)?.link.close();
    } catch {
      // The connection never stood.
    }
  }

  async #write(records: Iterable<T>, write: SinkWrite): Promise<void> {
    const { subjects, maxPayload } = await this.#connected();
    const { subject, value, batchRecords, batchBytes } = this.#options;
    const target = { subject, value, subjects, maxPayload };
    const options = { target, batchRecords, batchBytes, message: this.#message, write };
    const chunks = new NatsMessageChunks(records, options);
    try {
      await this.#writer.write(chunks as NatsMessageChunks<unknown>, write);
    } finally {
      chunks.end();
    }
  }

  /** The stream over a connection that stands, as far as known. */
  async #connected(): Promise<TargetStream> {
    const asked = this.#stream;
    const known = await asked;
    if (known !== undefined && !known.link.connection.isClosed()) return known;
    if (this.#isClosed) throw this.#notOpen();
    // Another write has begun to connect meanwhile.
    if (this.#stream !== asked) return await this.#connected();
    const connecting = this.#connect();
    this.#stream = connecting;
    try {
      return await connecting;
    } catch (error) {
      if (this.#stream === connecting) this.#stream = undefined;
      throw error;
    }
  }

  async #connect(): Promise<TargetStream> {
    const link = await NatsServerLink.open(this.#options, {
      clock: this.#clock,
      storage: new NodeStorage(),
      unusableFiles,
    });
    try {
      return await TargetStream.find(link, this.#options);
    } catch (error) {
      await link.close();
      throw error;
    }
  }

  #notOpen(): Error {
    const place = `${this.#options.stream} at ${serversOf(this.#options)[0]}`;
    const message = `expected the sink of ${place} to be open; open the sink once before the first write, and make another after close`;
    return coreError('MR_SINK_NOT_OPEN', message, { details: { sink: this.name, place } });
  }
}
