// Opens logs in streams. An application has one: the driver's decisions, in its stream META.
import { type Clock, type Logger, type ManagedResource, type RandomSource } from '@millrace/core';
import type { WriteAheadLogFactory } from '@millrace/core';
import { clusterError } from '../cluster-errors.ts';
import type { LeaseRenewals } from '../streams/lease-renewals.ts';
import type { SharedLinks } from '../link/shared-links.ts';
import { checkedStream } from '../servers/checked-stream.ts';
import { DecidedAppend, type Decision } from '../streams/decided-append.ts';
import { StreamApi } from '../streams/stream-api.ts';
import { StreamReader } from '../streams/stream-reader.ts';
import { untilAnswered } from '../streams/until-answered.ts';
import type { StreamConfig } from '../streams/stream-shapes.ts';
import { damagedMessage } from './log-failures.ts';
import { fenceMessage, isKnownVersion, readMessage } from './log-format.ts';
import { NatsLog } from './nats-log.ts';

/** Collaborators of a factory. */
export interface NatsLogFactoryDeps {
  /** Closed with the factory. */
  readonly links: SharedLinks;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Logger;
  /** See `NatsLinkOptions`. */
  readonly inboxPrefix: string;
  /**
   * The settings of the stream of a log; one subject. @throws `MR_CLUSTER_LOG_UNKNOWN` for a name without a stream.
   */
  readonly plan: (name: string) => StreamConfig;
  /** The lease of this driver. Absent: a fence waits for nothing. */
  readonly renewals?: LeaseRenewals | undefined;
}

const REQUEST_MS = 5_000;
const ATTEMPT_MS = 2_000;
/** The longest wait for the servers. A fence that lands later than this could depose a driver that came meanwhile. */
const OPEN_MS = 60_000;
const WRITER_ID = 16;

/** The `WriteAheadLogFactory` over JetStream. */
export class NatsLogFactory implements WriteAheadLogFactory, Pick<ManagedResource, 'close'> {
  readonly reach = 'everywhere';
  readonly #deps: NatsLogFactoryDeps;
  readonly #open = new Map<string, NatsLog | undefined>();

  constructor(deps: NatsLogFactoryDeps) {
    this.#deps = deps;
  }

  /**
   * Opens a log, and takes the log over from every other process.
   *
   * @throws `MR_CLUSTER_LOG_OPEN` while this factory has the log open; `MR_CLUSTER_STREAM_MISSING`, `MR_CLUSTER_STREAM_UNFIT`,
   *   `MR_CLUSTER_FORMAT_UNSUPPORTED`; `MR_CLUSTER_UNANSWERED` when the servers have no leader for a minute, or the
   *   lease is not renewed for a minute; `MR_LEASE_LOST` when another driver is in charge; errors of the link.
   */
  async open(name: string): Promise<NatsLog> {
    const { clock, random, log, inboxPrefix, renewals } = this.#deps;
    const config = this.#deps.plan(name);
    const { name: stream } = config;
    if (this.#open.has(stream)) throw openAlready(stream);
    this.#open.set(stream, undefined);
    const late = new AbortController();
    const timer = clock.after(OPEN_MS, () => late.abort(unanswered(stream)));
    try {
      const link = await this.#deps.links.open('control');
      const api = new StreamApi(link, REQUEST_MS);
      const patience = { clock, signal: late.signal };
      const { config: found, state } = await untilAnswered(() => checkedStream(api, config), patience);
      const [subject = ''] = config.subjects;
      await untilAnswered(() => refuseUnknownVersion(api, stream, subject), patience);
      const append = new DecidedAppend({ api, clock, log, attemptMs: ATTEMPT_MS });
      const writerId = random.id(WRITER_ID);
      const message = { stream, subject, id: `${writerId}/0`, data: fenceMessage() };
      const before = () => renewals?.untilFresh(late.signal);
      const fence = await append.append(message, { signal: late.signal, before });
      if (fence.kind !== 'stored') throw refusedFence(stream, fence);
      const { sequence } = fence;
      log.info('the log is open', { stream, fence: sequence });
      const reader = new StreamReader({ link, clock, random, inboxPrefix });
      const maxBytes = found.max_bytes > 0 ? { maxBytes: found.max_bytes } : {};
      const size = { earlierBytes: state.bytes, ...maxBytes };
      const largest = found.max_msg_size > 0 ? found.max_msg_size : link.server.maxPayload;
      const messageBytes = Math.min(largest, link.server.maxPayload) - HEADER_BYTES;
      const onClosed = () => void this.#open.delete(stream);
      const place = { stream, subject, writerId, messageBytes, size };
      const opened = new NatsLog({ api, append, reader, clock, log, onClosed, ...place }, sequence);
      this.#open.set(stream, opened);
      return opened;
    } catch (error) {
      this.#open.delete(stream);
      throw error;
    } finally {
      timer.cancel();
    }
  }

  /** Closes every open log, and the connection. May be repeated. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((log) => log?.close()));
    await this.#deps.links.close();
  }
}

/** The room for headers in the largest message. */
const HEADER_BYTES = 512;

/** Looks at the newest message: a log that a later version wrote is not touched. */
async function refuseUnknownVersion(api: StreamApi, stream: string, subject: string): Promise<void> {
  const newest = await api.get(stream, { lastOf: subject });
  if (newest === undefined || isKnownVersion(newest.data)) return;
  const { problem } = readMessage(newest.data);
  if (problem !== undefined) throw damagedMessage(stream, newest.sequence, problem);
}

function openAlready(stream: string): Error {
  return clusterError('MR_CLUSTER_LOG_OPEN', `the log in ${stream} is open already: close the log first`, {
    details: { stream },
  });
}

function unanswered(stream: string): Error {
  return clusterError(
    'MR_CLUSTER_UNANSWERED',
    `the servers of NATS did not open the log in ${stream} within ${OPEN_MS} ms: start the driver again`,
    { details: { subject: stream, reason: 'time-out' } },
  );
}

function refusedFence(stream: string, decision: Decision): Error {
  const words = 'description' in decision ? decision.description : decision.kind;
  return clusterError(
    'MR_CLUSTER_REFUSED',
    `the stream ${stream} refuses the fence of this driver: ${words}`,
    {
      details: { stream },
    },
  );
}
