// The connection of one process to the streams of blocks: a link of its own, so that large blocks delay no renewal of a lease.
import { type Clock, type Logger, type ManagedResource, type RandomSource } from '@millrace/core';
import { clusterError } from '../cluster-errors.ts';
import type { NatsLink, NatsLinks } from '../link/nats-link.ts';
import { checkedStream } from '../servers/checked-stream.ts';
import { DecidedAppend } from '../streams/decided-append.ts';
import { StreamApi } from '../streams/stream-api.ts';
import type { StreamConfig } from '../streams/stream-shapes.ts';
import { untilAnswered } from '../streams/until-answered.ts';
import { NatsBlockLog } from './nats-block-log.ts';
import { BLOCK_MESSAGE_BYTES } from './block-streams.ts';
import type { SendWindowLimits } from './send-window.ts';

/** Collaborators and settings of a connection. */
export interface BlockConnectionDeps {
  readonly links: Pick<NatsLinks, 'open'>;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Logger;
  readonly streams: readonly StreamConfig[];
  readonly window: SendWindowLimits;
  /** The longest wait of a read for an answer, in ms. */
  readonly readTimeoutMs: number;
}

const REQUEST_MS = 5_000;
const ATTEMPT_MS = 2_000;
/** The longest wait for the leaders of the streams at the start. */
const OPEN_MS = 60_000;
/** The room for headers in the largest message. */
const HEADER_BYTES = 512;

/** A connection to the streams of blocks. */
export class BlockConnection implements ManagedResource {
  readonly #deps: BlockConnectionDeps;
  #link: NatsLink | undefined;
  #api: StreamApi | undefined;
  #blockLog: NatsBlockLog | undefined;

  constructor(deps: BlockConnectionDeps) {
    this.#deps = deps;
  }

  /**
   * Connects, and compares the streams with the plan.
   *
   * @throws `MR_CLUSTER_STREAM_MISSING`, `MR_CLUSTER_STREAM_UNFIT`; `MR_CLUSTER_UNANSWERED` without leaders for a minute; errors
   *   of the link.
   */
  async open(): Promise<void> {
    const { links, clock, random, log, streams, window, readTimeoutMs } = this.#deps;
    const link = await links.open('blocks');
    this.#link = link;
    const api = new StreamApi(link, REQUEST_MS);
    const late = new AbortController();
    const timer = clock.after(OPEN_MS, () => late.abort(unanswered()));
    try {
      for (const stream of streams)
        await untilAnswered(() => checkedStream(api, stream), { clock, signal: late.signal });
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      timer.cancel();
    }
    this.#api = api;
    this.#blockLog = new NatsBlockLog({
      api,
      append: new DecidedAppend({ api, clock, log, attemptMs: ATTEMPT_MS }),
      clock,
      random,
      streams: streams.map(({ name, subjects: [subject = ''] }) => ({ name, subject })),
      messageBytes: Math.min(BLOCK_MESSAGE_BYTES, link.server.maxPayload - HEADER_BYTES),
      window,
      readTimeoutMs,
    });
  }

  /** The log for blocks. @throws TypeError before `open`. */
  get blockLog(): NatsBlockLog {
    if (this.#blockLog !== undefined) return this.#blockLog;
    throw new TypeError('the blocks on NATS were used before opening');
  }

  /** The requests to the streams. @throws TypeError before `open`. */
  get api(): StreamApi {
    if (this.#api !== undefined) return this.#api;
    throw new TypeError('the blocks on NATS were used before opening');
  }

  /** Refuses appends, also those without a decision, and closes the link. May be repeated. */
  async close(): Promise<void> {
    this.#blockLog?.close();
    await this.#link?.close();
  }
}

function unanswered(): Error {
  return clusterError(
    'MR_CLUSTER_UNANSWERED',
    `the servers of NATS have had no leaders for the streams of blocks for ${OPEN_MS} ms: start the engine again`,
    { details: { reason: 'time-out' } },
  );
}
