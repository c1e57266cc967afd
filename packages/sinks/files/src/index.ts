// The public names of @millrace/sink-files.
export { filesSink } from './files-sink.ts';
export { filesSinkOptions, parquetFormatOptions } from './files-sink.options.ts';
export type { FilesSinkInput, FilesSinkOptions, ParquetFormatInput } from './files-sink.options.ts';
export { parquetFormat } from './parquet-file-format.ts';
export { FILES_SINK_ERROR_CODES } from './files-sink-errors.ts';

// Dead letters
export { readDeadLetters } from './dead-letters/read-dead-letters.ts';
export type { ReadDeadLettersOptions, StoredDeadLetter } from './dead-letters/read-dead-letters.ts';
export { replayDeadLetters } from './dead-letters/replay-dead-letters.ts';
export type {
  DeliverRecords,
  ReplayDeadLettersOptions,
  ReplayReport,
} from './dead-letters/replay-dead-letters.ts';
export { deliverToStream, deliverToUrl } from './dead-letters/deliveries.ts';
export type { DeliverToUrlOptions } from './dead-letters/deliveries.ts';
