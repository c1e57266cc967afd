// Reads a log from its first message up to the fence. Messages have to come without a gap: a purge that an earlier driver asked
// for, and that reaches the server only now, leaves messages out without a word. Entries behind a gap do not fit to entries before,
// so everything is read anew. Nothing is handed on before, unless the log is larger than the memory set aside for this.
import type { Clock, Logger, LogRecord } from '@millrace/core';
import { clusterError } from '../cluster-errors.ts';
import type { StreamApi } from '../streams/stream-api.ts';
import type { StreamReader } from '../streams/stream-reader.ts';
import { untilAnswered } from '../streams/until-answered.ts';
import type { StoredMessage } from '../streams/stream-shapes.ts';
import type { KnownMessage, LogContent } from './log-content.ts';
import { damagedMessage } from './log-failures.ts';
import { handleOf, readMessage } from './log-format.ts';

/** Collaborators of a replay. */
export interface LogReplayDeps {
  readonly api: StreamApi;
  readonly reader: StreamReader;
  readonly clock: Clock;
  readonly stream: string;
  readonly log: Logger;
  /** Hears of the messages that were read. */
  readonly content: LogContent;
  /** The memory for messages that are not handed on yet, in bytes. Default 256 MiB. */
  readonly heldBytes?: number;
}

const HELD_BYTES = 256 * 1024 * 1024;

/** Reads the entries of a log. */
export class LogReplay {
  readonly #deps: LogReplayDeps;

  constructor(deps: LogReplayDeps) {
    this.#deps = deps;
  }

  /**
   * Every entry up to a message that the log has, in order.
   *
   * @throws `MR_WAL_CORRUPT_RECORD`, `MR_CLUSTER_FORMAT_UNSUPPORTED`; `MR_CLUSTER_LOG_CHANGED` when an earlier driver purged
   *   messages while a large log was read; errors of the link.
   */
  async *readUpTo(last: number): AsyncGenerator<LogRecord> {
    const { log, stream, content, heldBytes = HELD_BYTES } = this.#deps;
    for (;;) {
      const known = new Map<number, KnownMessage>();
      const held: StoredMessage[] = [];
      let bytes = 0;
      let isComplete = true;
      for await (const message of this.#messages(last)) {
        if (message === 'gap') {
          isComplete = false;
          break;
        }
        bytes += message.data.byteLength;
        if (bytes <= heldBytes) {
          held.push(message);
          continue;
        }
        for (const earlier of held.splice(0)) yield* this.#records(earlier, known);
        yield* this.#records(message, known);
      }
      if (!isComplete && bytes > heldBytes) throw changed(stream);
      if (isComplete) {
        for (const message of held) yield* this.#records(message, known);
        content.addEarlier(known);
        return;
      }
      log.warn('an earlier driver has cleaned the log while the log was read: reading the log again', {
        stream,
      });
    }
  }

  /** The messages, or a gap. The first has to be the first of the stream at the time of the question. */
  async *#messages(last: number): AsyncGenerator<StoredMessage | 'gap'> {
    const { api, reader, clock, stream } = this.#deps;
    const info = await untilAnswered(() => api.info(stream), { clock });
    let next = Math.max(1, info?.state.first_seq ?? 1);
    for await (const message of reader.read({ stream, from: next, to: last })) {
      if (message.sequence !== next) {
        yield 'gap';
        return;
      }
      yield message;
      next += 1;
    }
  }

  *#records({ sequence, data }: StoredMessage, known: Map<number, KnownMessage>): Generator<LogRecord> {
    const { stream } = this.#deps;
    const content = readMessage(data);
    if (content.problem !== undefined) throw damagedMessage(stream, sequence, content.problem);
    let newestMs = Number.NEGATIVE_INFINITY;
    for (const [index, { payload, timeMs }] of content.entries.entries()) {
      newestMs = Math.max(newestMs, timeMs);
      yield { payload, timeMs, handle: handleOf(stream, { sequence, index, length: payload.byteLength }) };
    }
    known.set(sequence, { bytes: data.byteLength, newestMs });
  }
}

function changed(stream: string): Error {
  return clusterError(
    'MR_CLUSTER_LOG_CHANGED',
    `an earlier driver has cleaned the log in ${stream} while this driver read the log: start the driver again`,
    { details: { stream } },
  );
}
