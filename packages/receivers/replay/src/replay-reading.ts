// The records of a file in the order of the replay, for the first or a repeated reading: chunks are parsed and
// selected, and sorted on request. The state of the file up to each record is recorded on the way.
import type { MillraceError } from '@millrace/core';
import { foreignKindOf } from '@millrace/core/engine';
import { retriedFileChunks, type ReadContext } from './retried-file-chunks.ts';
import type { FilePrefix } from './file-prefix.ts';
import { CsvParser } from './parsing/csv-parser.ts';
import { JsonArrayParser } from './parsing/json-array-parser.ts';
import { NdjsonParser } from './parsing/ndjson-parser.ts';
import type { ParsedItem, RecordParser } from './parsing/record-parser.ts';
import {
  isMalformed,
  type MalformedRecord,
  type RecordSelector,
  type TimedRecord,
} from './record-selector.ts';
import { replayError } from './replay-errors.ts';
import type { ReplayOptions } from './replay-options.ts';

/** Collaborators of a reading. */
export interface ReplayReadingDeps {
  readonly options: ReplayOptions;
  readonly context: ReadContext;
  readonly selector: RecordSelector;
  readonly prefix: FilePrefix;
  /** Only this number of bytes of the file is read. Default: all. */
  readonly untilByte?: number;
  /** Called when the file is open. */
  readonly onOpened?: () => void;
  /** Called for each malformed record; a returned error ends the reading after the earlier records. */
  readonly onMalformed: (malformed: MalformedRecord) => MillraceError | undefined;
}

/** Reads a file once. */
export class ReplayReading {
  readonly #deps: ReplayReadingDeps;

  constructor(deps: ReplayReadingDeps) {
    this.#deps = deps;
  }

  /**
   * The records in the order of the replay, in batches. Throws at the place of an early end by the file or the options.
   */
  batches(): AsyncGenerator<readonly TimedRecord[]> {
    return this.#deps.options.order === 'timestamp' ? this.#sorted() : this.#inFileOrder();
  }

  async *#inFileOrder(): AsyncGenerator<readonly TimedRecord[]> {
    const { options, context, prefix, untilByte, onOpened } = this.#deps;
    const parser = parserOf(options);
    for await (const chunk of retriedFileChunks(context, options.file, { untilByte, onOpened })) {
      if (prefix.bytes === 0) assertText(options.file, chunk);
      prefix.add(chunk);
      yield* this.#select(parser.write(chunk));
    }
    prefix.assertConfirmed();
    yield* this.#select(parser.end());
  }

  /** One batch of all records, by event time; records of the same time keep the order of the file. */
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

  /** Yields the records among the items; an error that ends the replay is thrown after these records. */
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
    const outcome = this.#deps.selector.select(item);
    if (outcome === undefined) return undefined;
    if (isMalformed(outcome)) return this.#deps.onMalformed(outcome);
    selected.push(outcome);
    return undefined;
  }

  async #assertSortable(): Promise<void> {
    const { file, maxSortBytes } = this.#deps.options;
    const sizeBytes = (await this.#deps.context.storage.stat(file))?.sizeBytes ?? 0;
    if (Math.min(sizeBytes, this.#deps.untilByte ?? sizeBytes) <= maxSortBytes) return;
    const message = `expected at most ${maxSortBytes} bytes to sort, ${file} has ${sizeBytes}; use order 'file'`;
    throw replayError('MR_REPLAY_SORT_TOO_LARGE', message, { details: { file, sizeBytes, maxSortBytes } });
  }
}

/** A compressed CSV file would pass for a file with only a row of column names. */
function assertText(file: string, start: Uint8Array): void {
  const kind = foreignKindOf(start);
  if (kind === undefined) return;
  const message = `expected ${file} to be UTF-8 text, got ${kind}; decompress or convert the file first`;
  throw replayError('MR_REPLAY_MALFORMED_FILE', message, { details: { file, kind } });
}

function parserOf(options: ReplayOptions): RecordParser {
  const { format, maxRecordBytes, columns, delimiter = ',', quote, trim, relaxQuotes } = options;
  if (format === 'ndjson') return new NdjsonParser({ maxRecordBytes });
  if (format === 'json') return new JsonArrayParser({ maxRecordBytes });
  return new CsvParser({
    ...(columns && { columns }),
    ...(quote && { quote }),
    ...(trim && { trim }),
    ...(relaxQuotes && { relaxQuotes }),
    delimiter,
    maxRecordBytes,
  });
}
