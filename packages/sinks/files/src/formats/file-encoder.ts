// The conversion of a partition to the bytes of a file, for every format.
import type { SinkWrite } from '@millrace/core';

/**
 * The bytes of the file of a partition, in chunks of bounded size; no chunks without records, unless files without records are
 * asked for. Iterates the records once, as far as chunks are taken.
 *
 * @throws `MR_SINK_UNSUPPORTED_RECORD` with the index of the record; any error of the iteration.
 */
export type FileEncoder = (records: Iterable<unknown>, write: SinkWrite) => Iterable<Uint8Array>;
