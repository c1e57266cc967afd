// A session as a `Transport`: messages become bytes by the codec, and a body may carry an attachment, which is data here.
// The subject is subscribed when a consumer is registered; frames that come earlier are lost, and are sent again.
import type { Codec } from '@millrace/core';
import type { Transport } from '@millrace/remote';
import { clusterError } from '../cluster-errors.ts';
import type { SessionEnd, SessionMachine } from './session-machine.ts';

/** Collaborators of a `SessionTransport`. */
export interface SessionTransportDeps {
  readonly codec: Codec;
  /** The bytes of the longest body. */
  readonly bodyBytesMax: number;
  /** Makes the state machine; `deliver` takes bodies. */
  readonly machine: (deliver: (body: Uint8Array) => void, onEnd: (end: SessionEnd) => void) => SessionMachine;
  /** Subscribes the subject of this side. */
  readonly listen: (machine: SessionMachine) => void;
  /** A message that the codec refuses to read; the session goes on without the message. */
  readonly onUnreadable: (error: unknown) => void;
}

/** One end of a session. */
export class SessionTransport implements Transport {
  readonly #deps: SessionTransportDeps;
  readonly #machine: SessionMachine;
  #take: ((message: unknown, attachment?: unknown) => void) | undefined;
  #closed: (() => void) | undefined;

  constructor(deps: SessionTransportDeps) {
    this.#deps = deps;
    this.#machine = deps.machine(
      (body) => this.#deliver(body),
      () => queueMicrotask(() => this.#closed?.()),
    );
  }

  /** @throws `MR_CODEC_UNSUPPORTED_VALUE`, `MR_CLUSTER_BODY_TOO_LARGE`; the session lives on. */
  post(message: unknown): void {
    this.#send([message]);
  }

  /** @throws as `post`. */
  postWith(message: object, attachment: unknown): void {
    this.#send([message, attachment]);
  }

  onMessage(take: (message: unknown, attachment?: unknown) => void): void {
    this.#take = take;
    if (this.#machine.end === undefined) this.#deps.listen(this.#machine);
  }

  onClose(closed: () => void): void {
    this.#closed = closed;
    if (this.#machine.end !== undefined) queueMicrotask(closed);
  }

  close(): void {
    this.#machine.close();
  }

  #send(records: readonly unknown[]): void {
    if (this.#machine.end !== undefined) return;
    const { codec, bodyBytesMax } = this.#deps;
    const body = codec.encodeRecords(records);
    if (body.byteLength > bodyBytesMax) {
      const details = { bytes: body.byteLength, bodyBytesMax };
      const message =
        `expected a message of at most ${bodyBytesMax} bytes between driver and executors, got ${body.byteLength}; ` +
        'use more partitions, or collect less';
      throw clusterError('MR_CLUSTER_BODY_TOO_LARGE', message, { details });
    }
    this.#machine.post(body);
  }

  #deliver(body: Uint8Array): void {
    let records: readonly unknown[];
    try {
      records = this.#deps.codec.decodeRecords(body);
    } catch (error) {
      return this.#deps.onUnreadable(error);
    }
    const [message, attachment] = records;
    this.#take?.(message, attachment);
  }
}
