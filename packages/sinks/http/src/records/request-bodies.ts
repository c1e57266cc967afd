// The records of a partition as bodies of requests. A body depends on the records before and on the options only, so a
// repetition has the same bodies. Memory holds one body, and at the beginning the bodies of `bytesInMemory`.
import { coreError, messageOf, type SinkWrite } from '@millrace/core';
import { exactJson } from '@millrace/core/engine';
import type { HttpSinkOptions } from '../http-sink.options.ts';

/** A body, and the records in the body. */
export interface RequestBody {
  readonly text: string;
  readonly records: number;
}

/** The parameters of the conversion. */
export interface BodyOptions<T> {
  readonly convert: ((record: T) => unknown) | undefined;
  readonly options: Pick<HttpSinkOptions, 'format' | 'maxRecordsPerRequest' | 'maxBytesPerRequest'>;
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
 * The bodies of a partition, in order; none without records.
 *
 * @throws `MR_SINK_UNSUPPORTED_RECORD` with the index of the record; any error of the iteration.
 */
export function* requestBodies<T>(records: Iterable<T>, parameters: BodyOptions<T>): Generator<RequestBody> {
  const { format, maxRecordsPerRequest, maxBytesPerRequest } = parameters.options;
  const [begin, between, end] = FRAMES[format];
  const frameBytes = begin.length + end.length;
  let texts: string[] = [];
  let bytes = frameBytes;
  let index = 0;
  const taken = (): RequestBody => ({ text: `${begin}${texts.join(between)}${end}`, records: texts.length });
  for (const record of records) {
    const text = textOf(record, index, parameters);
    const sizeBytes = Buffer.byteLength(text) + between.length;
    const isFull = texts.length === maxRecordsPerRequest || bytes + sizeBytes > maxBytesPerRequest;
    if (isFull && texts.length > 0) {
      yield taken();
      texts = [];
      bytes = frameBytes;
    }
    texts.push(text);
    bytes += sizeBytes;
    index += 1;
  }
  if (texts.length > 0) yield taken();
}

/** The same bodies, converted ahead: the first ones, up to the bound, before the first is given out. */
export function* convertedAhead(
  bodies: Iterable<RequestBody>,
  bytesInMemory: number,
): Generator<RequestBody> {
  const first: RequestBody[] = [];
  let bytes = 0;
  for (const body of bodies) {
    if (bytes > bytesInMemory) {
      yield* first.splice(0);
      yield body;
      continue;
    }
    first.push(body);
    bytes += Buffer.byteLength(body.text);
  }
  yield* first;
}

function textOf<T>(record: T, index: number, { convert, write }: BodyOptions<T>): string {
  try {
    return exactJson(convert === undefined ? record : convert(record));
  } catch (cause) {
    throw coreError(
      'MR_SINK_UNSUPPORTED_RECORD',
      `expected records with a form in JSON, but record ${index} of partition ${write.partition}: ${messageOf(cause)}; give httpSink a function that converts records`,
      { details: { ...write, index }, cause },
    );
  }
}
