// The public names of @millrace/receiver-http.
export { httpRecords } from './http-records.ts';
export type { HttpRecordsFactory } from './http-records.ts';
export { httpText } from './http-text.ts';
export { httpRecordsOptions, httpTextOptions } from './http.options.ts';
export type { HttpOptions, HttpRecordsInput, HttpRecordsOptions } from './http.options.ts';
export { httpReceivers } from './http-receivers.module.ts';
export type { RecordSchema } from './validating/record-schema.ts';
export { LISTENING_CHANNEL } from './listening/listening-channel.ts';
export type { HttpListening } from './listening/listening-channel.ts';
export { HTTP_ERROR_CODES } from './http-errors.ts';
