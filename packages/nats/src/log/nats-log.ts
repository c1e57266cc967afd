// A write-ahead log in a stream of JetStream. This class joins the parts: the single writer, the reader and the clean-up.
//
//   write ─► waiting ─► message ─► append, expecting the newest sequence ─► resolve
//                                    └ another record is there: fenced, for this message and for ever
//
// `open` appends a fence without an expectation. Whoever wrote before expects an older sequence from then on, so no other process
// can write; and the fence is the end of the recovery, because nothing can come before it any more. One append is under way at a
// time: an append behind one of unknown outcome could be stored without it.
import {
  type Clock,
  coreError,
  type LogHandle,
  type Logger,
  type LogRecord,
  type WriteAheadLog,
} from '@millrace/core';
import type { LogGauges } from '@millrace/core/observation';
import { clusterError } from '../cluster-errors.ts';
import type { DecidedAppend } from '../streams/decided-append.ts';
import type { StreamApi } from '../streams/stream-api.ts';
import { StreamFollowers } from '../streams/stream-followers.ts';
import type { StreamReader } from '../streams/stream-reader.ts';
import { LogContent, type LogSize } from './log-content.ts';
import { ENTRY_BYTES, entriesMessage, handleOf, HEAD_BYTES, placeOf, readMessage } from './log-format.ts';
import { LogReplay } from './log-replay.ts';
import { damagedMessage, entryNotFound, fenced } from './log-failures.ts';
import { type WaitingEntry, WaitingEntries } from './waiting-entries.ts';

/** Collaborators of a log. */
export interface NatsLogDeps {
  readonly api: StreamApi;
  readonly append: DecidedAppend;
  readonly reader: StreamReader;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stream: string;
  readonly subject: string;
  /** The first part of the ids of messages, unique for each open log. */
  readonly writerId: string;
  readonly size: LogSize;
  /** The largest message, in bytes. */
  readonly messageBytes: number;
  /** Called once, when the log is closed. */
  readonly onClosed: () => void;
}

/** The largest number of bytes of entries in one message, unless a single entry is larger. */
const GROUP_BYTES = 1_000_000;
const WAITING_BYTES = 256 * 1024 * 1024;
/** Turns of the promise queue after which no told writer is expected to write again. */
const GATHER_TURNS = 4;
/** The longest wait for an open outcome at the end of a log. */
const CLOSE_MS = 15_000;

/** The log of one name. Made by `NatsLogFactory.open`, which appends the fence. */
export class NatsLog implements WriteAheadLog {
  readonly #deps: NatsLogDeps;
  readonly #waiting = new WaitingEntries(WAITING_BYTES);
  readonly #content: LogContent;
  readonly #followers: StreamFollowers;
  readonly #closing = new AbortController();
  #last: number;
  #appended = 0;
  #run: Promise<void> | undefined;
  #fenced: Error | undefined;
  #closed: Promise<void> | undefined;

  /** @param fence The sequence of the fence of this log. */
  constructor(deps: NatsLogDeps, fence: number) {
    this.#deps = deps;
    this.#last = fence;
    this.#content = new LogContent(deps.size);
    this.#followers = new StreamFollowers(deps.api, deps.clock);
    this.#content.add(fence, { bytes: HEAD_BYTES, newestMs: Number.NEGATIVE_INFINITY });
  }

  write(payload: Uint8Array, timeMs: number): Promise<LogHandle> {
    const refusal = this.#refusalOf(payload, timeMs);
    if (refusal !== undefined) return Promise.reject(refusal);
    const written = this.#waiting.add({ payload, timeMs }, this.#deps.clock.monotonicMs());
    this.#run ??= this.#work();
    return written;
  }

  async read(handle: LogHandle): Promise<Uint8Array> {
    const { api, stream } = this.#deps;
    const { sequence, index } = placeOf(handle);
    const message = handle.segment === stream ? await api.get(stream, { sequence }) : undefined;
    if (message === undefined) throw entryNotFound(handle);
    const content = readMessage(message.data);
    if (content.problem !== undefined) throw damagedMessage(stream, sequence, content.problem);
    const entry = content.entries[index];
    if (entry === undefined) throw entryNotFound(handle);
    return entry.payload;
  }

  readAll(): AsyncIterable<LogRecord> {
    const { api, reader, clock, stream, log } = this.#deps;
    return new LogReplay({ api, reader, clock, stream, log, content: this.#content }).readUpTo(this.#last);
  }

  async clean(thresholdMs: number): Promise<void> {
    if (this.#closed !== undefined) throw closed();
    const { api, stream } = this.#deps;
    const below = this.#content.cleanableBelow(thresholdMs);
    if (below === undefined) return;
    await api.purge(stream, { below });
    this.#content.removeBelow(below);
  }

  gauges(): LogGauges {
    const { stream, clock } = this.#deps;
    const isOpen = this.#closed === undefined && this.#fenced === undefined;
    if (isOpen) this.#followers.ask(stream);
    const { newest: followers } = this.#followers;
    return {
      kind: 'jetstream',
      ...this.#content.gauges(),
      unconfirmed: this.#waiting.unconfirmed(clock.monotonicMs()),
      ...(followers === undefined ? {} : { followers }),
    };
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { clock, onClosed } = this.#deps;
    const late = clock.after(CLOSE_MS, () => this.#closing.abort());
    await this.#run;
    late.cancel();
    onClosed();
  }

  #refusalOf({ byteLength }: Uint8Array, timeMs: number): Error | undefined {
    if (!Number.isFinite(timeMs)) return new TypeError(`a time is a finite number, got ${timeMs}`);
    if (this.#closed !== undefined) return closed();
    if (this.#fenced !== undefined) return this.#fenced;
    const most = this.#deps.messageBytes - HEAD_BYTES - ENTRY_BYTES;
    if (byteLength <= most) return undefined;
    const message = `expected an entry of at most ${most} bytes, got ${byteLength}: cut smaller blocks`;
    return clusterError('MR_CLUSTER_ENTRY_TOO_LARGE', message, { details: { bytes: byteLength, most } });
  }

  /** Never rejects: every outcome goes to the writers. */
  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gather();
      const group = this.#waiting.take(GROUP_BYTES);
      try {
        await this.#append(group);
      } catch (error) {
        this.#content.failed();
        this.#waiting.reject(group, error);
      }
    }
    this.#run = undefined;
  }

  /** Lets writers of the same turn, and told writers with a next entry, join. Takes no time. */
  async #gather(): Promise<void> {
    for (let before = -1; before < this.#waiting.length;) {
      before = this.#waiting.length;
      for (let turn = 0; turn < GATHER_TURNS; turn += 1) await Promise.resolve();
    }
  }

  async #append(group: readonly WaitingEntry[]): Promise<void> {
    if (this.#fenced !== undefined) throw this.#fenced;
    const { append, clock, stream, subject, writerId } = this.#deps;
    const data = entriesMessage(group);
    if (!this.#content.hasRoomFor(data.byteLength))
      throw full(stream, 'the rest is for the fences of drivers');
    this.#appended += 1;
    const id = `${writerId}/${this.#appended}`;
    const fromMs = clock.monotonicMs();
    const { signal } = this.#closing;
    const decision = await append
      .append({ stream, subject, data, id, expectLast: this.#last }, { signal })
      .catch((error: unknown) => {
        throw signal.aborted ? unknownOutcome() : error;
      });
    switch (decision.kind) {
      case 'taken':
        this.#fenced = fenced(stream);
        throw this.#fenced;
      case 'full':
        throw full(stream, decision.description);
      case 'refused':
        throw clusterError(
          'MR_CLUSTER_REFUSED',
          `the stream ${stream} refuses a message: ${decision.description}`,
          {
            details: { stream, code: decision.code },
          },
        );
      case 'stored':
        this.#last = decision.sequence;
    }
    const newestMs = group.reduce((newest, { timeMs }) => Math.max(newest, timeMs), Number.NEGATIVE_INFINITY);
    this.#content.add(this.#last, { bytes: data.byteLength, newestMs });
    this.#content.synced(clock.monotonicMs() - fromMs);
    const { sequence } = decision;
    this.#waiting.resolve(group, ({ payload }, index) =>
      handleOf(stream, { sequence, index, length: payload.byteLength }),
    );
  }
}

function closed(): Error {
  return coreError('MR_WAL_CLOSED', 'the log is closed and accepts no writes');
}

function full(stream: string, why: string): Error {
  return coreError(
    'MR_WAL_FULL',
    `the stream ${stream} is full (${why}): raise max_bytes, or wait for a clean-up`,
    {
      details: { stream },
    },
  );
}

function unknownOutcome(): Error {
  return clusterError(
    'MR_CLUSTER_OUTCOME_UNKNOWN',
    'the log was closed while the servers of NATS did not answer: whether the next recovery returns the entry is not known',
  );
}
