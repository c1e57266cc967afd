// `replay`: the receiver as programs use it, with what it can do. The type argument is the program's own claim about
// the records of its file, as it is with `JSON.parse`; nothing checks it.
import { defineReceiver, type ConfiguredReceiver, type ReceiverFactory } from '@millrace/core';
import type { ReplayRecord } from './parsing/record-parser.ts';
import { replayOptionsSchema, type ReplayInput } from './replay-options.ts';
import { replayRange } from './replay-range.ts';
import { ReplayReceiver } from './replay-receiver.ts';

/** Makes configured replays. `T` is what the program expects the records to be; nothing checks it. */
export interface ReplayFactory extends ReceiverFactory<ReplayRecord, ReplayInput> {
  <T = ReplayRecord>(options: ReplayInput): ConfiguredReceiver<T>;
}

/**
 * A receiver that replays the timestamped records of a JSON, NDJSON or CSV file at a chosen speed.
 *
 * Each record is stored when its time has come, up to `tickMs` late and never before. After the last one the
 * receiver ends by itself, with the counts in its message. A restart, also of the engine where that keeps its records,
 * goes on behind the last record that was registered.
 *
 * ```ts
 * const delays = ssc.receiverStream(replay<Flight>({ file: 'flights.json', timestamp: 'date', speed: 3_600 }));
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and what is expected.
 */
export const replay = defineReceiver({
  name: 'replay',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: true,
    ordering: 'per-stream',
    pause: true,
    bounded: true,
    format: 'records',
    touches: [],
  },
  options: replayOptionsSchema,
  describe: ({ file, partition }) =>
    partition === undefined ? `replay ${file}` : `replay ${file} (${partition.index} of ${partition.of})`,
  create: (options) => new ReplayReceiver(options),
  readRange: replayRange,
}) as ReplayFactory;
