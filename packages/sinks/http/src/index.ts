// The public names of @millrace/sink-http.
export { httpSink } from './http-sink.ts';
export { httpSinkOptions } from './http-sink.options.ts';
export type { HttpSinkInput, HttpSinkOptions } from './http-sink.options.ts';
export type { HttpSinkWorld } from './http-sink-world.ts';
export { HTTP_SINK_ERROR_CODES } from './http-sink-errors.ts';
