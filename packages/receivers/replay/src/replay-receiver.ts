// The receiver behind `replay`: reads the file in chunks, has them parsed, waits until a record's time has come and
// stores it. One loop does it all, in order; it ends at the end of the file, at something that nobody can heal, or
// when the receiver is stopped.
import type { MillraceError, Receiver, ReceiverContext, StopReason } from '@millrace/core';
import { fileChunks } from './file-chunks.ts';
import { MalformedRecords } from './malformed-records.ts';
import { dueAfterMs, ReplayTimer } from './pacing.ts';
import { CsvParser } from './parsing/csv-parser.ts';
import { JsonArrayParser } from './parsing/json-array-parser.ts';
import { NdjsonParser } from './parsing/ndjson-parser.ts';
import type { ParsedItem, RecordParser, ReplayRecord } from './parsing/record-parser.ts';
import { isMalformed, RecordSelector, type TimedRecord } from './record-selector.ts';
import { replayError } from './replay-errors.ts';
import { ResumePosition } from './resume-position.ts';
import type { ReplayOptions } from './replay-options.ts';

/** Replays one file once. Made anew for every start. */
export class ReplayReceiver implements Receiver<ReplayRecord> {
  readonly #options: ReplayOptions;
  #replaying: Promise<void> = Promise.resolve();

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  start(context: ReceiverContext<ReplayRecord>): void {
    this.#replaying = new Replay(this.#options, context).run();
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
  /** Started with the first delivery: reading, and sorting, count as nothing that has to be caught up. */
  #timer: ReplayTimer | undefined;
  #stored = 0;
  readonly #resume: ResumePosition;

  constructor(options: ReplayOptions, context: ReceiverContext<ReplayRecord>) {
    this.#options = options;
    this.#context = context;
    this.#selector = new RecordSelector(options);
    this.#malformed = new MalformedRecords(context, options.file);
    this.#resume = new ResumePosition(context.resumeFrom);
  }

  /** Never rejects: whatever ends the replay is told to the engine, unless the engine ended it. */
  async run(): Promise<void> {
    const { file, order } = this.#options;
    try {
      const batches = order === 'timestamp' ? this.#sorted() : this.#inFileOrder();
      for await (const batch of batches) await this.#deliver(this.#resume.behind(batch));
      this.#resume.assertReached(file);
      this.#context.stop(`end of file ${file}: ${this.#summary()}`);
    } catch (error) {
      // After an abort every wait rejects with the reason of the stop; the engine knows it already.
      if (this.#context.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      this.#context.stop(`replay of ${file} ended early (${this.#summary()}): ${message}`, error);
    }
  }

  /** This receiver's records, chunk by chunk. Throws where the file or the options end it early. */
  async *#inFileOrder(): AsyncGenerator<readonly TimedRecord[]> {
    const parser = parserOf(this.#options);
    for await (const chunk of fileChunks(this.#context, this.#options.file)) {
      yield* this.#select(parser.write(chunk));
    }
    yield* this.#select(parser.end());
  }

  /** One batch of all records, by event time, those of the same time as in the file. */
  async *#sorted(): AsyncGenerator<readonly TimedRecord[]> {
    const records: TimedRecord[] = [];
    let failure: { readonly error: unknown } | undefined;
    try {
      await this.#assertSortable();
      for await (const batch of this.#inFileOrder()) for (const record of batch) records.push(record);
    } catch (error) {
      failure = { error };
    }
    yield records.sort((a, b) => a.eventMs - b.eventMs);
    if (failure !== undefined) throw failure.error;
  }

  /** Yields the records among the items; what ends the replay is thrown after they have been taken. */
  *#select(items: readonly ParsedItem[]): Generator<readonly TimedRecord[]> {
    const selected: TimedRecord[] = [];
    let failure: MillraceError | undefined;
    for (const item of items) {
      failure = item.kind === 'unreadable' ? item.error : this.#selectOne(item, selected);
      if (failure !== undefined) break;
    }
    yield selected;
    if (failure !== undefined) throw failure;
  }

  #selectOne(
    item: Exclude<ParsedItem, { kind: 'unreadable' }>,
    selected: TimedRecord[],
  ): MillraceError | undefined {
    const outcome = this.#selector.select(item);
    if (outcome === undefined) return undefined;
    if (!isMalformed(outcome)) selected.push(outcome);
    else if (this.#options.order === 'file' && this.#resume.isBefore(outcome.position.index))
      return undefined;
    else if (this.#options.onMalformed === 'stop') return this.#malformed.errorOf(outcome);
    else this.#malformed.skip(outcome);
    return undefined;
  }

  async #deliver(batch: readonly TimedRecord[]): Promise<void> {
    const { speed, tickMs } = this.#options;
    const { clock, signal } = this.#context;
    const timer = (this.#timer ??= new ReplayTimer({ clock, signal, tickMs }));
    const originMs = this.#originMs();
    for (const { eventMs, record, index } of batch) {
      const afterMs = dueAfterMs(eventMs, { originMs, speed });
      if (!timer.hasCome(afterMs)) await timer.until(afterMs);
      const isWelcome = this.#context.store(record, index);
      this.#stored += 1;
      if (!isWelcome) await this.#context.ready();
    }
  }

  /** The event time that belongs to the start: the same for every receiver of this file, unless one goes on later. */
  #originMs(): number {
    const { startAtMs, order } = this.#options;
    if (this.#resume.eventMs !== undefined) return this.#resume.eventMs;
    if (startAtMs !== undefined) return startAtMs;
    return order === 'timestamp' ? this.#selector.leastEventMs : (this.#selector.firstEventMs ?? 0);
  }

  async #assertSortable(): Promise<void> {
    const { file, maxSortBytes } = this.#options;
    const sizeBytes = (await this.#context.storage.stat(file))?.sizeBytes ?? 0;
    if (sizeBytes <= maxSortBytes) return;
    const message = `expected at most ${maxSortBytes} bytes to sort, ${file} has ${sizeBytes}; use order 'file'`;
    throw replayError('MR_REPLAY_SORT_TOO_LARGE', message, { details: { file, sizeBytes, maxSortBytes } });
  }

  #summary(): string {
    const passedOver = this.#selector.passedOver;
    const before = passedOver === 0 ? '' : `, ${passedOver} passed over before startAt`;
    return `${this.#stored} records stored, ${this.#malformed.count} malformed ones skipped${before}`;
  }
}

function parserOf({ format, maxRecordBytes, columns, delimiter }: ReplayOptions): RecordParser {
  if (format === 'ndjson') return new NdjsonParser({ maxRecordBytes });
  if (format === 'json') return new JsonArrayParser({ maxRecordBytes });
  return new CsvParser({ ...(columns && { columns }), delimiter: delimiter ?? ',', maxRecordBytes });
}
