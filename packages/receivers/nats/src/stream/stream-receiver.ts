// The life of the receiver behind `jetstreamStream`. One object is one connection; after a failure the receiver requests a
// restart, and the next object goes on behind the last registered record.
import type { Receiver, ReceiverContext } from '@millrace/core';
import type { MalformedReaction } from '@millrace/core/engine';
import type { ReceiverGauges } from '@millrace/core/observation';
import { DeliverPolicy } from '@nats-io/jetstream';
import { natsFailure } from '../connection/nats-failure.ts';
import { malformedReaction } from '../decoding/malformed.ts';
import { streamMessageDecoder } from '../decoding/message-decoder.ts';
import { JetStreamLink } from '../jetstream/jetstream-link.ts';
import { startPolicy } from '../jetstream/start-policy.ts';
import { natsError } from '../nats-errors.ts';
import { SequenceSource } from './sequence-source.ts';
import { assertFit, factsOf, type StreamFacts } from './stream-facts.ts';
import type { JetstreamStreamOptions } from './stream-options.ts';
import { keptPosition, type StreamRun } from './stream-position.ts';
import { type FoundGap, StreamReading } from './stream-reading.ts';

/** The place of the first record of a life. */
interface Beginning {
  readonly from: number;
  readonly run: StreamRun;
}

/** Everything of one connection. */
interface Opened {
  readonly context: ReceiverContext<unknown>;
  readonly jetstream: JetStreamLink;
  readonly source: SequenceSource;
  readonly malformed: MalformedReaction;
  readonly isCompacted: boolean;
}

/** Reads one stream by sequence. */
export class StreamReceiver implements Receiver<unknown> {
  readonly #options: JetstreamStreamOptions;
  #jetstream: JetStreamLink | undefined;
  #opened: Opened | undefined;
  #read: Promise<void> | undefined;
  #isFailed = false;

  constructor(options: JetstreamStreamOptions) {
    this.#options = options;
  }

  /** Resolves when the stream was found. */
  async start(context: ReceiverContext<unknown>): Promise<void> {
    try {
      const jetstream = await JetStreamLink.open(this.#options, context);
      this.#jetstream = jetstream;
      const info = await jetstream.stream();
      assertFit(info, this.#options);
      const opened = this.#open(context, jetstream, factsOf(info));
      this.#opened = opened;
      jetstream.link.onLost((error) => this.#fail('stay connected', error));
      const beginning = await this.#beginning(opened, factsOf(info));
      if (beginning === undefined || context.signal.aborted) return;
      context.log.info('receiver reads a stream', {
        stream: this.#options.stream,
        sequence: beginning.from,
      });
      this.#read = this.#readFrom(beginning, opened);
    } catch (error) {
      // A start that was interrupted by a stop is no failure.
      if (!context.signal.aborted) throw this.#failure('find', error);
    }
  }

  /** Closes the connection, and resolves when nothing is read any more. */
  async stop(): Promise<void> {
    await this.#opened?.source.end();
    await this.#jetstream?.link.close();
    this.#opened?.source.arrived.wake();
    await this.#read;
    this.#opened?.malformed.end();
  }

  /** The messages between the last stored one and the end of the stream. */
  gauges(): ReceiverGauges {
    const source = this.#opened?.source;
    if (source?.pending === undefined) return {};
    return { lagRecords: source.pending + source.arrived.count };
  }

  #open(context: ReceiverContext<unknown>, jetstream: JetStreamLink, { isCompacted }: StreamFacts): Opened {
    const { subjects, inboxPrefix, maxBytesInFlight, onMalformed } = this.#options;
    const { clock } = context;
    return {
      context,
      jetstream,
      source: new SequenceSource({ jetstream, clock, subjects, inboxPrefix, maxBytes: maxBytesInFlight }),
      malformed: malformedReaction(context, onMalformed),
      isCompacted,
    };
  }

  /** Begins the source. Undefined when the receiver ends at a gap. */
  async #beginning(opened: Opened, facts: StreamFacts): Promise<Beginning | undefined> {
    const { context, source, isCompacted } = opened;
    const { created } = facts;
    if (context.resumeFrom === undefined) {
      const first = await source.begin(startPolicy(this.#options.from));
      return { from: first, run: { created, first } };
    }
    const { sequence, run } = keptPosition(context.resumeFrom);
    const reason =
      run.created === created
        ? !isCompacted && facts.first > sequence + 1
          ? `the stream no longer has message ${sequence + 1}`
          : undefined
        : `the stream was made anew since message ${sequence} was read`;
    if (reason !== undefined) return await this.#behindGap({ facts, reason }, opened);
    await source.begin({ deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: sequence + 1 });
    return { from: sequence + 1, run };
  }

  /** Reads until the end; a gap begins another run. Never rejects. */
  async #readFrom(beginning: Beginning, opened: Opened): Promise<void> {
    try {
      let next: Beginning | undefined = beginning;
      while (next !== undefined && !opened.context.signal.aborted) {
        const gap = await this.#readingOf(next, opened).read();
        next = gap === undefined ? undefined : await this.#behindGap(gap, opened);
      }
    } catch (error) {
      this.#fail('read', error);
    }
  }

  #readingOf({ from, run }: Beginning, { context, source, jetstream, malformed, isCompacted }: Opened) {
    const { stream, subjects } = this.#options;
    return new StreamReading({
      context,
      source,
      facts: async () => factsOf(await jetstream.stream()),
      decode: streamMessageDecoder(this.#options, stream),
      malformed,
      stream,
      isFiltered: subjects !== undefined,
      hasGaps: !isCompacted,
      run,
      from,
    });
  }

  /** By `onGap`: the beginning behind a gap, or undefined and the end of the receiver. */
  async #behindGap(
    { facts: { created, first }, reason }: FoundGap,
    { context, source }: Opened,
  ): Promise<Beginning | undefined> {
    const { stream, onGap } = this.#options;
    const message = `${reason}, and ${stream} begins at message ${first} now`;
    const error = natsError('MR_NATS_GAP', message, { details: { stream, first } });
    if (onGap === 'stop') {
      context.stop(`${message}; decide about the lost messages, then set onGap to earliest`, error);
      return undefined;
    }
    context.reportError(`${message}; the receiver goes on there`, error);
    await source.begin({ deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: first });
    return { from: first, run: { created, first } };
  }

  /** Requests a restart, once. */
  #fail(what: string, error: unknown): void {
    const context = this.#opened?.context;
    if (this.#isFailed || context === undefined || context.signal.aborted) return;
    this.#isFailed = true;
    const failure = this.#failure(what, error);
    context.restart(failure.message, failure);
  }

  #failure(what: string, error: unknown) {
    return natsFailure(error, { what: `${what} the stream ${this.#options.stream}`, options: this.#options });
  }
}
