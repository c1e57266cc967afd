// The sets of options with generated tables, by the name in the marker.
import { httpRecordsOptions } from '../../packages/receivers/http/src/http.options.ts';
import { filesSinkOptions } from '../../packages/sinks/files/src/files-sink.options.ts';
import { sqliteSinkOptions } from '../../packages/sinks/sqlite/src/sqlite-sink.options.ts';
import { BACK_PRESSURE_OPTION_RULES } from '../../packages/engine/src/batches/back-pressure-options.ts';
import { EXECUTOR_ALLOCATION_OPTION_RULES } from '../../packages/engine/src/batches/executor-allocation-options.ts';
import { BATCH_OPTION_RULES } from '../../packages/engine/src/batches/batch-options.ts';
import { TASK_OPTION_RULES } from '../../packages/engine/src/jobs/task-options.ts';
import { RECEIVING_OPTION_RULES } from '../../packages/engine/src/receiving/receiving-options.ts';
import { TRACKING_OPTION_RULES } from '../../packages/engine/src/tracking/tracking-options.ts';
import { threadsOptionsSchema } from '../../packages/threads/src/threads.options.ts';
import { fileWriteAheadLogOptionsSchema } from '../../packages/wal/src/file-write-ahead-log.options.ts';
import type { OptionSet } from './option-tables.ts';

/** All sets. */
export const OPTION_SETS: ReadonlyMap<string, OptionSet> = new Map<string, OptionSet>([
  [
    'backPressure',
    {
      rules: BACK_PRESSURE_OPTION_RULES,
      files: ['packages/engine/src/batches/back-pressure-options.ts'],
    },
  ],
  [
    'executorAllocation',
    {
      rules: EXECUTOR_ALLOCATION_OPTION_RULES,
      files: ['packages/engine/src/batches/executor-allocation-options.ts'],
    },
  ],
  ['batches', { rules: BATCH_OPTION_RULES, files: ['packages/engine/src/batches/batch-options.ts'] }],
  [
    'receiving',
    { rules: RECEIVING_OPTION_RULES, files: ['packages/engine/src/receiving/receiving-options.ts'] },
  ],
  ['tasks', { rules: TASK_OPTION_RULES, files: ['packages/engine/src/jobs/task-options.ts'] }],
  ['tracking', { rules: TRACKING_OPTION_RULES, files: ['packages/engine/src/tracking/tracking-options.ts'] }],
  ['httpRecords', { rules: httpRecordsOptions, files: ['packages/receivers/http/src/http.options.ts'] }],
  ['filesSink', { rules: filesSinkOptions, files: ['packages/sinks/files/src/files-sink.options.ts'] }],
  ['sqliteSink', { rules: sqliteSinkOptions, files: ['packages/sinks/sqlite/src/sqlite-sink.options.ts'] }],
  ['threads', { rules: threadsOptionsSchema, files: ['packages/threads/src/threads.options.ts'] }],
  [
    'fileWriteAheadLog',
    {
      rules: fileWriteAheadLogOptionsSchema,
      files: ['packages/wal/src/file-write-ahead-log.options.ts'],
    },
  ],
]);
