// The promises of the engine: one id, one meaning, in one place. Assertions, conformance titles, simulation checkers,
// metrics and documents refer to a promise by its id and mean this text.

/** Every promise with its meaning. Ids are never reused; an abandoned promise keeps its entry, marked as abandoned. */
export const PROMISES = {
  'REC-1':
    "a record is acknowledged only after its block is durable at the handler's declared level and registered with the tracker",
  'REC-2': 'acknowledgements come in the order of store, a contiguous prefix',
  'REC-3':
    'while the tracker runs, a receiver that failed or lost its executor is started again, with bounded back-off',
  'REC-4': 'a graceful stop loses no stored record',
  'REC-5':
    'a record whose source waits for its acknowledgement waits for no time: its block is cut at the end of the turn, or when the push before it ends',
  'BLK-1': 'a stored record is in exactly one block; order within a stream is the order of store',
  'BLK-2': 'memory between store and the block handler is bounded in records and bytes',
  'WAL-1': 'an acknowledged write survives the death of the process and, after sync, of the machine',
  'WAL-2': 'recovery returns every acknowledged write, in order, and never a damaged one',
  'WAL-3': 'a log is never appended to after a failed sync',
  'WAL-4': 'clean-up never removes what an unfinished batch needs',
  'BAT-1': 'a block belongs to exactly one batch, recorded before the batch runs',
  'BAT-2': 'batch times are zero time + k × interval, none missing, none twice',
  'BAT-3': 'the outputs of one output operation complete in batch order',
  'BAT-4': 'a re-run batch has the same id and the same blocks, in the same order',
  'BAT-5': 'no batch is dropped silently',
  'STA-1': 'state after recovery equals the state of an uninterrupted run',
  'ERR-1':
    'a record that is left out because a function fails for it is in no result, and every other record is in the results as if that record had never come',
  'ERR-2':
    'each record that is left out, or that is further ahead than maxFutureMs, with the reaction dead-letter is written once, before its batch is complete, over re-runs and deaths, as far as its function fails again and the sink is effectively once; of records that cannot be stored, the first 10,000 of a block or of the queue entries of a batch',
  'ERR-3':
    'the same error for the same record twice in a row ends the attempts of a task, and of the job of the task',
  'SCH-1':
    'with at least one live executor every receiver is placed; loads differ by at most one where locality does not say otherwise',
  'STP-1': 'stop({ graceful, deadlineMs }) ends by its deadline and reports what it left',
} as const;

/** The id of a promise. */
export type PromiseId = keyof typeof PROMISES;
