// The reading of a stream by id. Entries and the state of the stream come from one moment, so that a gap is noticed before an
// entry behind the gap is stored:
//
//   behind(id) ─► entries ─► gap? ─► store, store, … ─false─► await ready() ─► store …  ─► behind(last id)
//        └──────► none ─► wait for an entry
import type { ReceiverContext } from '@millrace/core';
import { hasRoom, type MalformedReaction, MalformedValue } from '@millrace/core/engine';
import { FIRST_ID } from '../connection/entry-id.ts';
import type { DecodeEntry, DecodeTextEntry } from '../decoding/entry-decoder.ts';
import { AnswerSize } from '../reading/answer-size.ts';
import { bytesOf, idOf, lengthOf, type ReplyEntry, type ReplyPart } from '../reading/stream-entries.ts';
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
  /** Absent: every entry is decoded from its bytes. */
  readonly decodeTexts: DecodeTextEntry | undefined;
  readonly malformed: MalformedReaction;
  /** The name of the stream, for messages. */
  readonly stream: string;
  /** The bytes of one answer. */
  readonly answerBytes: number;
  /** Entries behind the place are gone. True when the reading goes on, in another run. */
  readonly onGap: (reason: string, place: string) => boolean;
}

/** The storing of one answer. */
interface Storing {
  readonly entries: readonly ReplyEntry<ReplyPart>[];
  /** The place of the next entry. */
  next: number;
  longest: ReplyEntry<ReplyPart> | undefined;
  lengthMax: number;
}

type DecodeAnyEntry = (id: string, fields: readonly ReplyPart[]) => unknown;

/** The longest wait of the server for new entries. */
const WAIT_MS = 500;

/** Reads a stream from a place on. */
export class RangeReading {
  readonly #deps: RangeReadingDeps;
  readonly #size: AnswerSize;
  /** Undefined from the first entry on of which only the bytes can tell the record. */
  #decodeTexts: DecodeTextEntry | undefined;
  /** Right behind the last entry that was stored or left out. */
  #place: RedisPosition;
  /** The number of entries that were ever written, as of the last answer. */
  #end: number | undefined;

  constructor(deps: RangeReadingDeps, { id, count, written, run }: RangeBeginning) {
    this.#deps = deps;
    this.#size = new AnswerSize(deps.answerBytes);
    this.#decodeTexts = deps.decodeTexts;
    this.#place = { id, count, written: written ?? null, run };
  }

  /** Entries that were not stored yet, as of the last answer. */
  get lag(): number | undefined {
    const { written } = this.#place;
    return this.#end === undefined || written === null ? undefined : Math.max(0, this.#end - written);
  }

  /** Reads until the signal of the context is aborted, or until the receiver ends. @throws errors of the source. */
  async read(): Promise<void> {
    const { source, context } = this.#deps;
    while (!context.signal.aborted) {
      const { id, written } = this.#place;
      const form = this.#decodeTexts === undefined ? 'bytes' : 'texts';
      const { entries, state } = await source.behind(id, this.#size.count, form);
      if (context.signal.aborted) return;
      const gap = gapBehind({ id, written: written ?? undefined }, state);
      if (gap !== undefined) {
        if (!this.#deps.onGap(gap.reason, id)) return;
        this.#beginBehind(gap, state);
        continue;
      }
      if (!(await this.#store(entries))) return;
      this.#learn(entries, state);
      if (entries.length === 0) await source.wait(id, WAIT_MS);
    }
  }

  /** Begins another run, at the oldest entry that was not read. */
  #beginBehind({ isShorter }: StreamGap, { written, length }: StreamState): void {
    const id = isShorter ? FIRST_ID : this.#place.id;
    this.#place = {
      id,
      count: 0,
      written: written === undefined ? null : written - length,
      run: { behind: id, number: this.#place.run.number + 1 },
    };
  }

  /** Stores up to the first entry that has to come as bytes. False when the receiver ends. */
  async #store(entries: readonly ReplyEntry<ReplyPart>[]): Promise<boolean> {
    const storing: Storing = { entries, next: 0, longest: undefined, lengthMax: 0 };
    for (;;) {
      const end = this.#storeSome(storing);
      if (end === 'ended') return false;
      if (end === 'stored') break;
      if (!(await hasRoom(this.#deps.context))) return false;
    }
    const { longest } = storing;
    this.#size.learn(longest === undefined ? 0 : bytesOf(longest));
    return true;
  }

  /** Stores until the engine wants no more. Not asynchronous: the loop over entries is the hot path of the receiver. */
  #storeSome(storing: Storing): 'stored' | 'full' | 'ended' {
    const { context, malformed, stream } = this.#deps;
    const { entries } = storing;
    const decode = (this.#decodeTexts ?? this.#deps.decode) as DecodeAnyEntry;
    const { run } = this.#place;
    let { count, written } = this.#place;
    for (let at = storing.next; at < entries.length; at += 1) {
      const entry = entries[at] as ReplyEntry<ReplyPart>;
      const id = idOf(entry[0]);
      const value = decode(id, entry[1] ?? []);
      if (value === undefined) {
        this.#decodeTexts = undefined;
        break;
      }
      const length = lengthOf(entry);
      if (length > storing.lengthMax) {
        storing.longest = entry;
        storing.lengthMax = length;
      }
      count += 1;
      if (written !== null) written += 1;
      const place: RedisPosition = { id, count, written, run };
      this.#place = place;
      if (value instanceof MalformedValue) {
        if (!malformed.leaveOut(value, `entry ${id} of stream ${JSON.stringify(stream)}`)) return 'ended';
      } else if (!context.store(value, place, length)) {
        storing.next = at + 1;
        return 'full';
      }
    }
    return 'stored';
  }

  #learn(entries: readonly ReplyEntry<ReplyPart>[], { written, last }: StreamState): void {
    this.#end = written;
    // The end of the stream: the number of this entry is known for certain.
    if (this.#place.id === last || entries.length === 0)
      this.#place = { ...this.#place, written: written ?? null };
  }
}
