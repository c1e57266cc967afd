// The names of a request at the server, made of the identity of a write: the same on every repetition, different for different
// writes, in visible ASCII characters and short enough for a header of 255 characters.
import { createHash } from 'node:crypto';
import type { SinkWrite } from '@millrace/core';
import type { HttpSinkOptions } from '../http-sink.options.ts';

const APPLICATION_CHARACTERS_MAX = 128;
const HASH_CHARACTERS = 32;

/** The headers that name a request. */
export interface RequestNames {
  /** The output operation of the batch: application, batch time, number of the operation. */
  readonly batch: string;
  /**
   * The division of the batch into requests: number of partitions, bounds of a request, format. A batch that comes again with
   * another division has other records under the same keys.
   */
  readonly division: string;
  /** The key of the request with this number within its partition, counted from 0. */
  key(request: number): string;
}

/** The names of the requests of a write. */
export function requestNames(
  write: SinkWrite,
  options: Pick<HttpSinkOptions, 'maxRecordsPerRequest' | 'maxBytesPerRequest' | 'format'>,
): RequestNames {
  const { application, batchTime, outputOperation, partition, partitions } = write;
  const batch = `${headerSafe(application)}-${batchTime}-${outputOperation}`;
  return {
    batch,
    division: [partitions, options.maxRecordsPerRequest, options.maxBytesPerRequest, options.format].join(
      '/',
    ),
    key: (request) => `${batch}-${partition}-${request}`,
  };
}

/** A text in visible ASCII characters. A text that would be too long, or is not well-formed, is cut and ends with a hash. */
function headerSafe(text: string): string {
  const safe = encodeURIComponent(text.toWellFormed()).replaceAll('~', '%7E');
  if (safe.length <= APPLICATION_CHARACTERS_MAX && text.isWellFormed()) return safe;
  const hash = createHash('sha256').update(JSON.stringify(text)).digest('hex').slice(0, HASH_CHARACTERS);
  return `${safe.slice(0, APPLICATION_CHARACTERS_MAX - 1 - HASH_CHARACTERS)}~${hash}`;
}
