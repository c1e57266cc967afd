// Blocks in streams of JetStream. Every executor of an application writes to the same streams; a block goes to the stream that the
// checksum of its name selects, so that several leaders share the work. A message is sent until a server has decided: an answer
// that is missing leaves the outcome open, and the same message under the same id is stored once.
import {
  backOffDelayMs,
  type BlockId,
  type Clock,
  coreError,
  isMillraceError,
  type LogHandle,
  type RandomSource,
} from '@millrace/core';
import { crc32 } from 'node:zlib';
import { clusterError } from '../cluster-errors.ts';
import type { DecidedAppend, DecidedMessage } from '../streams/decided-append.ts';
import type { StreamApi } from '../streams/stream-api.ts';
import { blockMessages, checksumIn, openBlockMessage } from './block-message.ts';
import { handleOf, placeOf } from './block-place.ts';
import { SendWindow, type SendWindowLimits } from './send-window.ts';

/** A stream of blocks. */
export interface BlockStream {
  readonly name: string;
  readonly subject: string;
}

/** Collaborators and settings of a block log. */
export interface BlockLogDeps {
  readonly api: Pick<StreamApi, 'get' | 'getAnywhere' | 'info'>;
  readonly append: Pick<DecidedAppend, 'append'>;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** The streams, the same for every executor, in the same order. */
  readonly streams: readonly BlockStream[];
  /** The largest message, in bytes without headers. */
  readonly messageBytes: number;
  readonly window: SendWindowLimits;
  /** The longest wait of a read for an answer, in ms. */
  readonly readTimeoutMs: number;
}

/** The wait before a read is tried again. */
const AGAIN = { firstMs: 100, maxMs: 1_000 };
/** Looks in a row at servers that have the sequence and not its message, before the message counts as lost. */
const LOST_AFTER_LOOKS = 4;
/** Messages that a read fetches at once. */
const READS_AT_ONCE = 4;

/** See the header of this file. */
export class NatsBlockLog {
  readonly #deps: BlockLogDeps;
  readonly #window: SendWindow;
  readonly #closing = new AbortController();

  constructor(deps: BlockLogDeps) {
    this.#deps = deps;
    this.#window = new SendWindow(deps.window);
  }

  /**
   * Appends a block. Resolves when a quorum of servers has all of its messages, however long that takes. Rejected: chunks may be in
   * the stream, and no handle names them.
   *
   * @throws `MR_WAL_FULL` when the stream has no room; `MR_WAL_CLOSED`; `MR_CLUSTER_REFUSED`, `MR_CLUSTER_DENIED`.
   */
  async append(id: BlockId, envelope: readonly Uint8Array[]): Promise<LogHandle> {
    const { name, subject } = this.#streamOf(id);
    const messages = blockMessages(envelope, this.#deps.messageBytes);
    const sequences = await allOf(
      messages.map((data, chunk) =>
        this.#window.run(data.byteLength, () =>
          // The checksum: a block that is stored again with other records must not be taken for the first one.
          this.#send({ stream: name, subject, data, id: `${id}/${chunk}/${checksumIn(data).toString(16)}` }),
        ),
      ),
    );
    return handleOf({ stream: name, sequences });
  }

  /**
   * The envelope at a handle; undefined when the handle belongs to another log, or the stream has lost or removed the block.
   *
   * @throws `MR_CLUSTER_UNANSWERED` when no server answered in time; `MR_WAL_CORRUPT_RECORD`.
   */
  async read(handle: LogHandle): Promise<Uint8Array | undefined> {
    const place = placeOf(handle);
    const isOurs = this.#deps.streams.some(({ name }) => name === place?.stream);
    if (place === undefined || !isOurs) return undefined;
    const deadlineMs = this.#deps.clock.monotonicMs() + this.#deps.readTimeoutMs;
    const contents: Uint8Array[] = [];
    for (let at = 0; at < place.sequences.length; at += READS_AT_ONCE) {
      const some = place.sequences.slice(at, at + READS_AT_ONCE);
      const read = await Promise.all(
        some.map((sequence, n) =>
          this.#readChunk({ ...place, sequence, chunk: at + n, chunks: place.sequences.length }, deadlineMs),
        ),
      );
      for (const content of read) {
        if (content === undefined) return undefined;
        contents.push(content);
      }
    }
    return contents.length === 1 ? contents[0] : Buffer.concat(contents);
  }

  /** Refuses appends from now on, also those that are under way without a decision. May be repeated. */
  close(): void {
    this.#closing.abort(closedError());
  }

  #streamOf(id: BlockId): BlockStream {
    const { streams } = this.#deps;
    return streams[crc32(id) % streams.length] as BlockStream;
  }

  async #send(message: DecidedMessage): Promise<number> {
    const decision = await this.#deps.append.append(message, { signal: this.#closing.signal });
    switch (decision.kind) {
      case 'stored':
        return decision.sequence;
      case 'full':
        throw fullError(message.stream, decision.description);
      case 'refused':
        throw refusedError(message.stream, decision.description);
      case 'taken':
        throw new TypeError('a block expects no sequence');
    }
  }

  async #readChunk(wanted: WantedChunk, deadlineMs: number): Promise<Uint8Array | undefined> {
    const data = await this.#readMessage(wanted, deadlineMs);
    if (data === undefined) return undefined;
    const opened = openBlockMessage(data);
    if (opened?.chunk === wanted.chunk && opened.chunks === wanted.chunks) return opened.content;
    const { stream, sequence } = wanted;
    const message = `message ${sequence} of stream ${stream} is damaged, or is no part of a block as expected`;
    throw coreError('MR_WAL_CORRUPT_RECORD', message, { details: { segment: stream, offset: sequence } });
  }

  /**
   * A replica answers at once and may lag behind; the leader knows. A leader that was cut off knows an old state only, in which
   * the newest message is before this one. The leader may change between two questions: "no such message" of the old one and the
   * newest sequence of the new one do not mean a lost message. Messages are removed from the front of a stream, so a first sequence
   * behind this one is proof.
   */
  async #readMessage({ stream, sequence }: WantedChunk, deadlineMs: number): Promise<Uint8Array | undefined> {
    const { api, clock, random } = this.#deps;
    let lacking = 0;
    for (let tries = 0; ; tries += 1) {
      try {
        const found = (await api.getAnywhere(stream, sequence)) ?? (await api.get(stream, { sequence }));
        if (found !== undefined) return found.data;
        const info = await api.info(stream);
        if (info === undefined || info.state.first_seq > sequence) return undefined;
        lacking = info.state.last_seq >= sequence ? lacking + 1 : 0;
        if (lacking === LOST_AFTER_LOOKS) return undefined;
      } catch (error) {
        if (!isMillraceError(error, 'MR_CLUSTER_UNANSWERED')) throw error;
        if (clock.monotonicMs() >= deadlineMs) throw error;
      }
      // The looks that tell a lost message take a second or two, also beyond a short deadline: a loss is no time-out.
      if (lacking === 0 && clock.monotonicMs() >= deadlineMs) throw behindError(stream, sequence);
      await clock.sleepFor(backOffDelayMs(tries, { ...AGAIN, random }), this.#closing.signal);
    }
  }
}

interface WantedChunk {
  readonly stream: string;
  readonly sequence: number;
  readonly chunk: number;
  readonly chunks: number;
}

/** Waits for all, also after a rejection: no message is on its way when the block is reported as not stored. */
async function allOf<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

function fullError(stream: string, description: string): Error {
  const message = `the stream ${stream} has no room for another block (${description}): raise its max_bytes, or wait until batches are done`;
  return coreError('MR_WAL_FULL', message, { details: { stream } });
}

function refusedError(stream: string, description: string): Error {
  const message = `a server of NATS refused a block for the stream ${stream}: ${description}`;
  return clusterError('MR_CLUSTER_REFUSED', message, { details: { stream } });
}

function behindError(stream: string, sequence: number): Error {
  const message = `no server of NATS has message ${sequence} of stream ${stream} yet`;
  return clusterError('MR_CLUSTER_UNANSWERED', message, { details: { stream, sequence, reason: 'behind' } });
}

function closedError(): Error {
  return coreError('MR_WAL_CLOSED', 'the log for blocks is closed: its engine has stopped');
}
