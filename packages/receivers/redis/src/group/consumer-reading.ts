// The reading of a consumer of a group, one question at a time:
//
//   own entries without an acknowledgement, from the time before the start
//   then, again and again:   entries of consumers that are gone, and lost answers, now and then
//                            room for an answer ─► new entries ─► store, store, … ─false─► await ready() ─► store …
import type { ReceiverContext } from '@millrace/core';
import { type MalformedReaction, MalformedValue } from '@millrace/core/engine';
import type { DecodeEntry } from '../decoding/entry-decoder.ts';
import { FIRST_ID } from '../connection/entry-id.ts';
import { AnswerSize } from '../reading/answer-size.ts';
import { largestOf, type StreamEntry } from '../reading/stream-entries.ts';
import { redisError } from '../redis-errors.ts';
import { CLAIM_START, type ConsumerSource } from './consumer-source.ts';
import type { HeldEntries, HeldEntry } from './held-entries.ts';

/** Collaborators of a `ConsumerReading`. */
export interface ConsumerReadingDeps {
  readonly context: ReceiverContext<unknown>;
  readonly source: Pick<
    ConsumerSource,
    'next' | 'pending' | 'pendingCounts' | 'claim' | 'lag' | 'acknowledge'
  >;
  readonly held: HeldEntries;
  readonly decode: DecodeEntry;
  readonly malformed: MalformedReaction;
  /** The name of the stream, for messages. */
  readonly stream: string;
  readonly claimAfterMs: number;
  /** The bytes of one answer. */
  readonly answerBytes: number;
}

/** The longest wait of the server for new entries. */
const WAIT_MS = 500;
/** Searches for entries of others in `claimAfterMs`. */
const CLAIMS_IN_TIME = 4;
const LAG_EVERY_MS = 1_000;

/** Reads entries of a group until the signal of the context is aborted, or until a malformed entry ends the receiver. */
export class ConsumerReading {
  readonly #deps: ConsumerReadingDeps;
  readonly #size: AnswerSize;
  #redelivered = 0;
  #lag: number | undefined;
  #isEnded = false;
  #claimAt: number;
  #lagAt: number;

  constructor(deps: ConsumerReadingDeps) {
    this.#deps = deps;
    this.#size = new AnswerSize(deps.answerBytes);
    const now = deps.context.clock.monotonicMs();
    this.#claimAt = now;
    this.#lagAt = now;
  }

  /** Entries that the group had delivered before. */
  get redelivered(): number {
    return this.#redelivered;
  }

  /** Entries that the group has not delivered yet, as of the last answers. */
  get lag(): number | undefined {
    return this.#lag;
  }

  /** Reads until the end. @throws errors of the source. */
  async read(): Promise<void> {
    await this.#readPending();
    while (!this.#isOver) {
      await this.#lookAround();
      const count = await this.#room();
      if (this.#isOver) return;
      const entries = await this.#deps.source.next(count, WAIT_MS);
      if (this.#lag !== undefined) this.#lag = Math.max(0, this.#lag - entries.length);
      if (entries.length === 0) this.#lag = 0;
      await this.#store(entries);
    }
  }

  get #isOver(): boolean {
    return this.#isEnded || this.#deps.context.signal.aborted;
  }

  async #room(): Promise<number> {
    const { held, answerBytes, context } = this.#deps;
    return Math.min(this.#size.count, await held.room(answerBytes, context.signal));
  }

  /** Entries of this consumer that are not here: of the time before the start, or in an answer that was lost. */
  async #readPending(): Promise<void> {
    const { source, held } = this.#deps;
    let behind = FIRST_ID;
    while (!this.#isOver) {
      const count = await this.#room();
      if (this.#isOver) return;
      const here = held.ids();
      const pending = await source.pending(count, behind);
      const last = pending.at(-1);
      if (last === undefined) return;
      behind = last.id;
      const entries = pending.filter(({ id }) => !here.has(id));
      this.#redelivered += entries.length;
      await this.#store(entries);
    }
  }

  async #lookAround(): Promise<void> {
    const { source, context, held, claimAfterMs } = this.#deps;
    const now = context.clock.monotonicMs();
    if (now >= this.#lagAt) {
      this.#lagAt = now + LAG_EVERY_MS;
      this.#lag = await source.lag();
    }
    if (now < this.#claimAt) return;
    this.#claimAt = now + claimAfterMs / CLAIMS_IN_TIME;
    const { own, others } = await source.pendingCounts();
    // A question of an earlier connection may reach the server late, and its answer reaches nobody.
    if (own > held.records) await this.#readPending();
    if (others > 0) await this.#claim();
  }

  async #claim(): Promise<void> {
    const { source, held } = this.#deps;
    let from: string | undefined = CLAIM_START;
    while (from !== undefined && !this.#isOver) {
      const count = await this.#room();
      if (this.#isOver) return;
      // Entries of this receiver may wait for long, too; they may be acknowledged during the question.
      const here = held.ids();
      const claimed = await source.claim(count, from);
      from = claimed.next;
      const entries = claimed.entries.filter(({ id }) => !here.has(id));
      this.#redelivered += entries.length;
      this.#reportLost(claimed.lost.filter((id) => !here.has(id)));
      await this.#store(entries);
    }
  }

  async #store(entries: readonly StreamEntry[]): Promise<void> {
    const { context, held, decode, source } = this.#deps;
    this.#size.learn(largestOf(entries));
    /** Entries that are acknowledged without a record. */
    const passed: string[] = [];
    const lost: string[] = [];
    for (const { id, fields, bytes } of entries) {
      if (this.#isOver) break;
      const value = fields === undefined ? undefined : decode(id, fields);
      if (fields === undefined) lost.push(id);
      else if (value instanceof MalformedValue) {
        if (this.#leaveOut(value, id)) passed.push(id);
      } else {
        const token: HeldEntry = { id, bytes };
        held.store(token);
        if (!context.store(value, token, bytes)) await this.#ready();
      }
    }
    this.#reportLost(lost);
    if (passed.length + lost.length > 0) await source.acknowledge([...passed, ...lost]);
  }

  #leaveOut(value: MalformedValue, id: string): boolean {
    const { malformed, stream } = this.#deps;
    const isLeftOut = malformed.leaveOut(value, `entry ${id} of stream ${JSON.stringify(stream)}`);
    if (!isLeftOut) this.#isEnded = true;
    return isLeftOut;
  }

  /** Waits until the engine takes records again, or until the end. */
  async #ready(): Promise<void> {
    const { context } = this.#deps;
    try {
      await context.ready();
    } catch (error) {
      if (!context.signal.aborted) throw error;
    }
  }

  #reportLost(ids: readonly string[]): void {
    if (ids.length === 0) return;
    const { context, stream } = this.#deps;
    const message = `lost ${ids.length} unacknowledged entries, which were removed from the stream ${JSON.stringify(stream)}; the first: ${ids[0]}`;
    const details = { stream, lost: ids.length, first: ids[0] };
    context.reportError(message, redisError('MR_REDIS_ENTRIES_LOST', message, { details }));
  }
}
