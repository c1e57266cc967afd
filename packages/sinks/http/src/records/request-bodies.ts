// The records of a partition as bodies of requests.
import type { SinkWrite } from '@millrace/core';
import { exactJson, recordChunks, takenAhead, unsupportedRecord } from '@millrace/core/engine';
import type { HttpSinkOptions } from '../http-sink.options.ts';

/** A body, and the number of its records. */
export interface RequestBody {
  readonly text: string;
  readonly records: number;
}

/** The parameters of the conversion. */
export interface BodyOptions<T> {
  readonly convert: ((record: T) => unknown) | undefined;
  readonly options: Pick<
    HttpSinkOptions,
    'format' | 'maxRecordsPerRequest' | 'maxBytesPerRequest' | 'bytesInMemory'
  >;
  /** For error messages. */
  readonly write: SinkWrite;
}

/** The beginning, the separator and the end of a body. */
const FRAMES = { ndjson: ['', '\n', '\n'], json: ['[', ',', ']'] } as const;

/** The type of a body in each format. */
export const CONTENT_TYPES = { ndjson: 'application/x-ndjson', json: 'application/json' } as const;

/** The body without records. */
export function emptyBody(format: HttpSinkOptions['format']): RequestBody {
  return { text: format === 'json' ? '[]' : '', records: 0 };
}

/**
 * The bodies of a partition, in order; none without records. The first ones, of `bytesInMemory`, are converted ahead.
 *
 * @throws `MR_SINK_UNSUPPORTED_RECORD` with the index of the record; any error of the iteration.
 */
export function* requestBodies<T>(records: Iterable<T>, parameters: BodyOptions<T>): Generator<RequestBody> {
  const { format, maxRecordsPerRequest, maxBytesPerRequest, bytesInMemory } = parameters.options;
  const [begin, between, end] = FRAMES[format];
  const chunks = recordChunks(records, (record, index) => textOf(record, index, parameters), {
    maxRecords: maxRecordsPerRequest,
    maxBytes: maxBytesPerRequest,
    frameBytes: begin.length + end.length,
    bytesPerText: between.length,
  });
  for (const { texts } of takenAhead(chunks, bytesInMemory))
    yield { text: `${begin}${texts.join(between)}${end}`, records: texts.length };
}

function textOf<T>(record: T, index: number, { convert, write }: BodyOptions<T>): string {
  try {
    return exactJson(convert === undefined ? record : convert(record));
  } catch (cause) {
    throw unsupportedRecord({
      expected: 'records with a form in JSON',
      index,
      write,
      cause,
      hint: 'give httpSink a function that converts records',
    });
  }
}
