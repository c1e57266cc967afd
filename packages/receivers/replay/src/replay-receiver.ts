// The receiver behind `replay`: reads the file in chunks, parses, waits for each record's due time and stores the
// record. One loop does everything, in order. The loop ends at the end of the file, after a permanent failure, or when
// the receiver is stopped.
import {
  messageOf,
  type MillraceError,
  type Receiver,
  type ReceiverContext,
  type StopReason,
} from '@millrace/core';
import type { ReceiverGauges } from '@millrace/core/observation';
import { FilePrefix } from './file-prefix.ts';
import { Gaps, type LongWait } from './gaps.ts';
import { MalformedRecords } from './malformed-records.ts';
import { dueAfterMs, ReplayTimer } from './pacing.ts';
import type { ReplayRecord } from './parsing/record-parser.ts';
import { type MalformedRecord, RecordSelector, type TimedRecord } from './record-selector.ts';
import { replayError } from './replay-errors.ts';
import type { ReplayOptions } from './replay-options.ts';
import { prefixOf, type ReplayPosition } from './replay-position.ts';
import { ReplayReading } from './replay-reading.ts';
import { ResumePosition } from './resume-position.ts';

/** Replays one file once. Created anew for every start. */
export class ReplayReceiver implements Receiver<ReplayRecord> {
  readonly #options: ReplayOptions;
  #replaying: Promise<void> = Promise.resolve();
  #replay: Replay | undefined;

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  /** Resolves when the file is open, or when the engine was told of the failure. */
  start(context: ReceiverContext<ReplayRecord>): Promise<void> {
    const opened = Promise.withResolvers<void>();
    this.#replay = new Replay(this.#options, context);
    this.#replaying = this.#replay.run(opened.resolve).finally(opened.resolve);
    return opened.promise;
  }

  /** A file does not tell how many records follow. */
  gauges(): ReceiverGauges {
    return { droppedRecords: this.#replay?.skippedRecords ?? 0 };
  }

  /** Resolves when the file is closed. */
  async stop(_reason: StopReason): Promise<void> {
    await this.#replaying;
  }
}

/** One pass over the file. */
class Replay {
  readonly #options: ReplayOptions;
  readonly #context: ReceiverContext<ReplayRecord>;
  readonly #selector: RecordSelector;
  readonly #malformed: MalformedRecords;
  /** Started with the first delivery: the time of reading and sorting need not be caught up. */
  #timer: ReplayTimer | undefined;
  readonly #gaps: Gaps;
  #stored = 0;
  readonly #resume: ResumePosition;
  readonly #prefix: FilePrefix;

  constructor(options: ReplayOptions, context: ReceiverContext<ReplayRecord>) {
    this.#options = options;
    this.#context = context;
    this.#selector = new RecordSelector(options);
    this.#gaps = new Gaps({ maxGapMs: options.maxGapMs, onLongWait: (wait) => this.#onLongWait(wait) });
    this.#malformed = new MalformedRecords(context, options.file);
    this.#resume = new ResumePosition(context.resumeFrom);
    this.#prefix = new FilePrefix(options.file, prefixOf(context.resumeFrom));
  }

  /** Malformed records that were skipped. */
  get skippedRecords(): number {
    return this.#malformed.count;
  }

  /** Never rejects: the end of the replay is reported to the engine, unless the engine ended the replay. */
  async run(onOpened: () => void): Promise<void> {
    const { file } = this.#options;
    const reading = new ReplayReading({
      options: this.#options,
      context: this.#context,
      selector: this.#selector,
      prefix: this.#prefix,
      onOpened,
      onMalformed: (malformed) => this.#onMalformed(malformed),
    });
    try {
      for await (const batch of reading.batches()) await this.#deliver(this.#resume.behind(batch));
      this.#resume.assertReached(file);
      this.#context.stop(`end of file ${file}: ${this.#summary()}`);
    } catch (error) {
      // After an abort every wait rejects with the reason of the stop, which the engine knows already.
      if (this.#context.signal.aborted) return;
      const message = messageOf(error);
      this.#context.stop(`replay of ${file} ended early (${this.#summary()}): ${message}`, error);
    }
  }

  #onMalformed(malformed: MalformedRecord): MillraceError | undefined {
    const { order, onMalformed } = this.#options;
    if (order === 'file' && this.#resume.isBefore(malformed.position.index)) return undefined;
    if (onMalformed === 'stop') return this.#malformed.errorOf(malformed);
    this.#malformed.skip(malformed);
    return undefined;
  }

  async #deliver(batch: readonly TimedRecord[]): Promise<void> {
    // In the same file, records behind a record were read after everything that the position covers.
    if (batch.length > 0 && !this.#prefix.isConfirmed) throw this.#prefix.changed();
    const { speed, tickMs } = this.#options;
    const { clock, signal } = this.#context;
    const timer = (this.#timer ??= new ReplayTimer({ clock, signal, tickMs }));
    const originMs = this.#originMs();
    for (const { eventMs, record, index } of batch) {
      const dueMs = dueAfterMs(eventMs, { originMs, speed });
      const afterMs = this.#gaps.dueAfterMs({ index, eventMs, dueMs }, timer);
      if (!timer.hasCome(afterMs)) await timer.until(afterMs);
      const { bytes, crc } = this.#prefix;
      const position: ReplayPosition = { record: index, bytes, crc };
      const isWelcome = this.#context.store(record, position);
      this.#stored += 1;
      if (!isWelcome) await this.#context.ready();
    }
  }

  #onLongWait({ record: { index, eventMs }, waitMs, isCut }: LongWait): void {
    const { file, maxGapMs } = this.#options;
    const seconds = Math.round(waitMs / 1_000);
    const then = isCut
      ? `the record is stored after ${maxGapMs} ms, according to maxGapMs`
      : 'the replay waits for the record; set maxGapMs to limit such waits, or remove the record';
    const time = new Date(eventMs).toISOString();
    const message = `record ${index + 1} of ${file}, of ${time}, is due in ${seconds} s; ${then}`;
    const details = { file, index, eventMs, waitMs };
    if (isCut) this.#context.log.info('a long wait of the replay was shortened', details);
    else this.#context.reportError(message, replayError('MR_REPLAY_LONG_WAIT', message, { details }));
  }

  /** The event time of the start: equal for every receiver of this file, unless a receiver continues later. */
  #originMs(): number {
    const { startAtMs, order } = this.#options;
    if (this.#resume.eventMs !== undefined) return this.#resume.eventMs;
    if (startAtMs !== undefined) return startAtMs;
    return order === 'timestamp' ? this.#selector.leastEventMs : (this.#selector.firstEventMs ?? 0);
  }

  #summary(): string {
    const passedOver = this.#selector.passedOver;
    const before = passedOver === 0 ? '' : `, ${passedOver} skipped before startAt`;
    return `${this.#stored} records stored, ${this.#malformed.count} malformed ones skipped${before}`;
  }
}
