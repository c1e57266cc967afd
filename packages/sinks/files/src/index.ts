// The public names of @millrace/sink-files.
export { filesSink } from './files-sink.ts';
export { filesSinkOptions } from './files-sink.options.ts';
export type { FilesSinkInput, FilesSinkOptions } from './files-sink.options.ts';
export { FILES_SINK_ERROR_CODES } from './files-sink-errors.ts';
