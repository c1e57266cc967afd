// The public names of @millrace/receiver-replay.
export { replay } from './replay.ts';
export type { ReplayFactory } from './replay.ts';
export { replayReceivers } from './replay.module.ts';
export { replayOptionsSchema } from './replay-options.ts';
export type { ReplayInput, ReplayOptions } from './replay-options.ts';
export type { ReplayRecord } from './parsing/record-parser.ts';
export { parseTimestamp } from './timestamps.ts';
export type { TimestampFormat } from './timestamps.ts';
export { REPLAY_ERROR_CODES } from './replay-errors.ts';
