// The life of the receiver behind `natsSubject`. Core NATS waits for nobody: while the engine has no room, messages go to a
// bounded queue, and what has no place there is dropped, counted and reported.
//
//   message ─► store ── true ─► done
//                └── false ─► held: messages go to the queue ─► ready ─► store the queue ─► … until store says true
//                               └── queue full: dropped
import type { NatsServerLink } from '@millrace/connection-nats';
import type { Receiver, ReceiverContext } from '@millrace/core';
import { type MalformedReaction, MalformedValue, SummedReport } from '@millrace/core/engine';
import type { ReceiverGauges } from '@millrace/core/observation';
import type { Msg } from '@nats-io/transport-node';
import { type ArrivedMessage, ArrivedMessages } from '../arriving/arrived-messages.ts';
import { messageBytes } from '../arriving/message-bytes.ts';
import { natsFailure } from '../connection/nats-failure.ts';
import { openLink } from '../connection/open-link.ts';
import { malformedReaction, placeOfSubject } from '../decoding/malformed.ts';
import { type DecodeNatsMessage, messageDecoder } from '../decoding/message-decoder.ts';
import { natsError } from '../nats-errors.ts';
import type { NatsSubjectOptions } from './subject-options.ts';

/** Everything of one connection. */
interface Reading {
  readonly context: ReceiverContext<unknown>;
  readonly malformed: MalformedReaction;
  readonly dropped: SummedReport;
  readonly decode: DecodeNatsMessage;
}

/** Reads subjects of core NATS. */
export class SubjectReceiver implements Receiver<unknown> {
  readonly #options: NatsSubjectOptions;
  readonly #arrived = new ArrivedMessages();
  #link: NatsServerLink | undefined;
  #reading: Reading | undefined;
  /** Pending while the engine has no room. */
  #held: Promise<void> | undefined;
  #isOver = false;

  constructor(options: NatsSubjectOptions) {
    this.#options = options;
  }

  /** Resolves when the server knows the subscriptions. */
  async start(context: ReceiverContext<unknown>): Promise<void> {
    try {
      const link = await openLink(this.#options, context);
      this.#link = link;
      const reading = this.#readingOf(context);
      this.#reading = reading;
      link.onLost((error) => this.#fail('stay connected', error));
      this.#subscribe(link, reading);
      await link.flush();
    } catch (error) {
      // A start that was interrupted by a stop is no failure.
      if (!context.signal.aborted) throw this.#failure('subscribe', error);
    }
  }

  /** Closes the connection. Messages that still wait are dropped. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#link?.close();
    await this.#held;
    const reading = this.#reading;
    if (reading === undefined) return;
    reading.dropped.add(this.#arrived.count);
    reading.dropped.flush();
    reading.malformed.end();
  }

  /** The messages that were dropped, and those that wait. */
  gauges(): ReceiverGauges {
    return { droppedRecords: this.#reading?.dropped.total ?? 0, lagRecords: this.#arrived.count };
  }

  #readingOf(context: ReceiverContext<unknown>): Reading {
    return {
      context,
      malformed: malformedReaction(context, this.#options.onMalformed),
      dropped: new SummedReport({
        clock: context.clock,
        tell: (count, total) => tellDropped(context, { count, total, maxQueued: this.#options.maxQueued }),
      }),
      decode: messageDecoder(this.#options),
    };
  }

  #subscribe({ connection }: NatsServerLink, reading: Reading): void {
    const { subjects, queue } = this.#options;
    for (const subject of subjects) {
      connection.subscribe(subject, {
        ...(queue === undefined ? {} : { queue }),
        callback: (error, message) => {
          if (error === null) this.#onMessage(message, reading);
          else this.#fail('subscribe', error);
        },
      });
    }
  }

  /** Never throws: the library ends its reader at a throw. */
  #onMessage(message: Msg, reading: Reading): void {
    if (this.#isOver || reading.context.signal.aborted) return;
    const arrived = { message, bytes: messageBytes(message), delivery: undefined };
    try {
      if (this.#held !== undefined) this.#queue(arrived, reading);
      else if (!this.#store(arrived, reading)) this.#held = this.#storeQueued(reading);
    } catch (error) {
      this.#fail('store', error);
    }
  }

  #queue(arrived: ArrivedMessage, { dropped }: Reading): void {
    const { maxQueued, maxQueuedBytes } = this.#options;
    const { count, bytes } = this.#arrived;
    if (count >= maxQueued || (count > 0 && bytes + arrived.bytes > maxQueuedBytes)) dropped.add(1);
    else this.#arrived.push(arrived);
  }

  /** Waits and stores the queue, until the queue is empty and the engine takes more. Never rejects. */
  async #storeQueued(reading: Reading): Promise<void> {
    const { context } = reading;
    try {
      for (let hasRoom = false; !hasRoom && !this.#isOver;) {
        await context.ready();
        hasRoom = true;
        while (hasRoom && !this.#isOver) {
          const arrived = this.#arrived.take();
          if (arrived === undefined) break;
          hasRoom = this.#store(arrived, reading);
        }
      }
      this.#held = undefined;
    } catch (error) {
      if (!context.signal.aborted) this.#fail('store', error);
    }
  }

  /** False when the receiver has to wait. */
  #store({ message, bytes }: ArrivedMessage, { context, decode, malformed }: Reading): boolean {
    const value = decode(message);
    if (!(value instanceof MalformedValue)) return context.store(value, undefined, bytes);
    if (!malformed.leaveOut(value, placeOfSubject(message.subject))) this.#isOver = true;
    return true;
  }

  /** Requests a restart, once. */
  #fail(what: string, error: unknown): void {
    const context = this.#reading?.context;
    if (this.#isOver || context === undefined || context.signal.aborted) return;
    this.#isOver = true;
    const failure = this.#failure(what, error);
    context.restart(failure.message, failure);
  }

  #failure(what: string, error: unknown) {
    const { subjects } = this.#options;
    return natsFailure(error, { what: `${what} (${subjects.join(', ')})`, options: this.#options });
  }
}

function tellDropped(
  context: ReceiverContext<unknown>,
  { count, total, maxQueued }: { readonly count: number; readonly total: number; readonly maxQueued: number },
): void {
  const message = `dropped ${count} messages without room in the queue, ${total} since the start`;
  const details = { dropped: count, droppedTotal: total, maxQueued };
  context.reportError(message, natsError('MR_NATS_DROPPED', message, { details }));
}
