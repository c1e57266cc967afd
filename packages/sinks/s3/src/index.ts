// The public names of @millrace/sink-s3.
export { s3Sink } from './s3-sink.ts';
export { s3SinkOptions } from './s3-sink.options.ts';
export type { S3SinkInput, S3SinkOptions } from './s3-sink.options.ts';
export { S3_SINK_ERROR_CODES } from './s3-sink-errors.ts';
