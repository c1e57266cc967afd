// The reading of a stream by id. Entries and the state of the stream come from one moment, so that a gap is noticed before an
// entry behind the gap is stored:
//
//   behind(id) ─► entries ─► gap? ─► store, store, … ─false─► await ready() ─► store …  ─► behind(last id)
//        └──────► none ─► wait for an entry
import type { ReceiverContext } from '@millrace/core';
import { MalformedValue } from '@millrace/core/engine';
import { FIRST_ID } from '../connection/entry-id.ts';
import type { DecodeEntry } from '../decoding/entry-decoder.ts';
import type { MalformedEntries } from '../decoding/malformed-entries.ts';
import { AnswerSize } from '../reading/answer-size.ts';
import type { StreamEntry } from '../reading/stream-entries.ts';
import type { RedisPosition, RedisRun } from './range-position.ts';
import type { RangeSource } from './range-source.ts';
import { gapBehind, type StreamGap, type StreamState } from './stream-state.ts';

/** The place where a reading begins. */
export interface RangeBeginning {
  readonly id: string;
  readonly count: number;
  readonly written: number | undefined;
  readonly run: RedisRun;
}

/** Collaborators of a `RangeReading`. */
export interface RangeReadingDeps {
  readonly context: ReceiverContext<unknown>;
  readonly source: Pick<RangeSource, 'behind' | 'wait'>;
  readonly decode: DecodeEntry;
  readonly malformed: MalformedEntries;
  /** The name of the stream, for messages. */
  readonly stream: string;
  /** The bytes of one answer. */
  readonly answerBytes: number;
  /** Entries behind the place are gone. True when the reading goes on, in another run. */
  readonly onGap: (reason: string, place: string) => boolean;
}

/** The longest wait of the server for new entries. */
const WAIT_MS = 500;

/** Reads a stream from a place on. */
export class RangeReading {
  readonly #deps: RangeReadingDeps;
  readonly #size: AnswerSize;
  #id: string;
  #count: number;
  #written: number | undefined;
  #run: RedisRun;
  #lag: number | undefined;

  constructor(deps: RangeReadingDeps, { id, count, written, run }: RangeBeginning) {
    this.#deps = deps;
    this.#size = new AnswerSize(deps.answerBytes);
    this.#id = id;
    this.#count = count;
    this.#written = written;
    this.#run = run;
  }

  /** Entries that were not stored yet, as of the last answer. */
  get lag(): number | undefined {
    return this.#lag;
  }

  /** Reads until the signal of the context is aborted, or until the receiver ends. @throws errors of the source. */
  async read(): Promise<void> {
    const { source, context } = this.#deps;
    while (!context.signal.aborted) {
      const { entries, state } = await source.behind(this.#id, this.#size.count);
      if (context.signal.aborted) return;
      const gap = gapBehind({ id: this.#id, written: this.#written }, state);
      if (gap !== undefined) {
        if (!this.#deps.onGap(gap.reason, this.#id)) return;
        this.#beginBehind(gap, state);
        continue;
      }
      this.#size.learn(entries);
      if (!(await this.#store(entries))) return;
      this.#learn(entries, state);
      if (entries.length === 0) await source.wait(this.#id, WAIT_MS);
    }
  }

  /** Begins another run, at the oldest entry that was not read. */
  #beginBehind({ isShorter }: StreamGap, state: StreamState): void {
    this.#id = isShorter ? FIRST_ID : this.#id;
    this.#run = { behind: this.#id, number: this.#run.number + 1 };
    this.#count = 0;
    this.#written = state.written === undefined ? undefined : state.written - state.length;
  }

  /** False when the receiver ends. */
  async #store(entries: readonly StreamEntry[]): Promise<boolean> {
    const { context, decode, malformed, stream } = this.#deps;
    for (const { id, fields = [], bytes } of entries) {
      const count = this.#count + 1;
      const written = this.#written === undefined ? null : this.#written + 1;
      const value = decode(id, fields);
      if (value instanceof MalformedValue) {
        if (!malformed.leaveOut(value, `entry ${id} of stream ${JSON.stringify(stream)}`)) return false;
      } else if (
        !context.store(value, { id, count, written, run: this.#run } satisfies RedisPosition, bytes)
      ) {
        if (!(await this.#room())) return false;
      }
      this.#id = id;
      this.#count = count;
      this.#written = written ?? undefined;
      if (this.#lag !== undefined && this.#lag > 0) this.#lag -= 1;
    }
    return true;
  }

  #learn(entries: readonly StreamEntry[], { written, last }: StreamState): void {
    // The end of the stream: the number of this entry is known for certain.
    if (this.#id === last || entries.length === 0) this.#written = written;
    this.#lag =
      written === undefined || this.#written === undefined ? undefined : Math.max(0, written - this.#written);
  }

  /** Waits until the engine takes records again; false when the receiver is stopped. */
  async #room(): Promise<boolean> {
    const { context } = this.#deps;
    try {
      await context.ready();
      return !context.signal.aborted;
    } catch (error) {
      if (context.signal.aborted) return false;
      throw error;
    }
  }
}
