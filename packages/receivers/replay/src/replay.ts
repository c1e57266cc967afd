// `replay`: the receiver for applications, with its capabilities. The type argument is the program's own claim about
// the records of its file, as with `JSON.parse`; the type is not checked.
import { basename } from 'node:path';
import { defineReceiver, type ConfiguredReceiver, type ReceiverFactory } from '@millrace/core';
import type { ReplayRecord } from './parsing/record-parser.ts';
import { replayOptionsSchema, type ReplayInput } from './replay-options.ts';
import { replayRange } from './replay-range.ts';
import { ReplayReceiver } from './replay-receiver.ts';

/** Makes configured replays. `T` is the expected type of the records; the type is not checked. */
export interface ReplayFactory extends ReceiverFactory<ReplayRecord, ReplayInput> {
  <T = ReplayRecord>(options: ReplayInput): ConfiguredReceiver<T>;
}

/**
 * A receiver that replays the timestamped records of a JSON, NDJSON or CSV file at a chosen speed.
 *
 * Each record is stored at its due time, up to `tickMs` late and never before. After the last record the receiver ends
 * without a request, with the counts in its message. A restart continues behind the last registered record, also a
 * restart of the engine if the engine keeps its records.
 *
 * ```ts
 * const delays = ssc.receiverStream(replay<Flight>({ file: 'flights.json', timestamp: 'date', speed: 3_600 }));
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
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
    partition === undefined
      ? `replay ${basename(file)}`
      : `replay ${basename(file)} (${partition.index} of ${partition.of})`,
  create: (options) => new ReplayReceiver(options),
  readRange: replayRange,
}) as ReplayFactory;
