// The sink itself: the records of a partition become requests, sent one after the other.
import { coreError, type Sink, type SinkCapabilities, type SinkWrite } from '@millrace/core';
import type { HttpSinkOptions } from './http-sink.options.ts';
import type { HttpSinkWorld } from './http-sink-world.ts';
import { emptyBody, type RequestBody, requestBodies } from './records/request-bodies.ts';
import { requestNames } from './records/request-names.ts';
import { type RequestFrame, requestFrame } from './sending/request-frame.ts';
import { RequestSender } from './sending/request-sender.ts';

/** The conversion and the outside of a sink. */
interface RequestSinkDeps<T> {
  readonly convert: ((record: T) => unknown) | undefined;
  readonly world: HttpSinkWorld;
}

/** Sends partitions as requests. */
export class RequestSink<T> implements Sink<T> {
  readonly name = 'http';
  readonly capabilities: SinkCapabilities;
  readonly #options: HttpSinkOptions;
  readonly #convert: ((record: T) => unknown) | undefined;
  readonly #frame: RequestFrame;
  readonly #sender: RequestSender;
  readonly #closing = new AbortController();
  readonly #writes = new Set<Promise<void>>();
  #isOpen = false;

  constructor(options: HttpSinkOptions, { convert, world }: RequestSinkDeps<T>) {
    this.#options = options;
    this.#convert = convert;
    this.#frame = requestFrame(options);
    this.capabilities = Object.freeze({ delivery: options.delivery });
    const closing = this.#closing.signal;
    this.#sender = new RequestSender({ options, frame: this.#frame, world, closing });
  }

  /** Sends nothing: the first write finds an absent server. @throws `MR_SINK_NOT_OPEN` after `close`. */
  open(): Promise<void> {
    if (this.#closing.signal.aborted) return Promise.reject(this.#notOpen());
    this.#isOpen = true;
    return Promise.resolve();
  }

  /**
   * Sends one partition. Requests before a failed one stay at the server, under their keys.
   *
   * @throws `MR_SINK_NOT_OPEN`, `MR_SINK_UNSUPPORTED_RECORD`, `MR_SINK_HTTP_…`; `MR_SINK_REPARTITIONED` when the server says
   *   so.
   */
  async write(records: Iterable<T>, write: SinkWrite): Promise<void> {
    if (!this.#isOpen || this.#closing.signal.aborted) throw this.#notOpen();
    const writing = this.#send(records, write);
    this.#writes.add(writing);
    try {
      await writing;
    } finally {
      this.#writes.delete(writing);
    }
  }

  /** Ends pauses between attempts and waits for pending writes. May be repeated. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#writes);
  }

  async #send(records: Iterable<T>, write: SinkWrite): Promise<void> {
    const options = this.#options;
    const names = requestNames(write, options);
    const bodies = requestBodies(records, { convert: this.#convert, options, write });
    let sent = 0;
    const send = async (body: RequestBody): Promise<void> => {
      const headers = {
        'idempotency-key': names.key(sent),
        'millrace-batch': names.batch,
        'millrace-division': names.division,
      };
      await this.#sender.send({ ...body, headers, write });
      sent += 1;
    };
    for (const body of bodies) await send(body);
    // The server compares the division, also of a partition without records.
    if (sent === 0 && options.delivery === 'effectively-once') await send(emptyBody(options.format));
  }

  #notOpen(): Error {
    const { place } = this.#frame;
    const message = `expected the sink of ${place} to be open; open the sink once before the first write, and make another after close`;
    return coreError('MR_SINK_NOT_OPEN', message, { details: { sink: this.name, place } });
  }
}
