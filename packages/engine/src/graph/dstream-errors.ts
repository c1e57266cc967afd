// The error codes of streams and their graph: mostly mistakes in the structure of a program, found when an operator is
// made or when the graph starts, before any record is read.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of `dstream/` with its meaning; the source of the reference page. */
export const DSTREAM_ERROR_CODES = {
  MR_GRAPH_NO_OUTPUT_OPERATION: {
    disposition: 'stop-engine',
    meaning:
      'no stream has an output, so the program has no work; call foreachRDD, foreachPartition or print on a stream',
  },
  MR_GRAPH_ALREADY_STARTED: { disposition: 'stop-engine', meaning: 'a graph of streams was started twice' },
  MR_GRAPH_NOT_STARTED: {
    disposition: 'stop-engine',
    meaning: 'a batch of a stream was requested before its graph was started, or the stream has no output',
  },
  MR_GRAPH_INVALID_ARGUMENT: {
    disposition: 'stop-engine',
    meaning:
      'an operator has an invalid argument or option; the message names operator, value and expected value',
  },
  MR_GRAPH_DURATION_NOT_MULTIPLE: {
    disposition: 'stop-engine',
    meaning: 'the length and the slide of a window must be multiples of the slide of its parent stream',
  },
  MR_GRAPH_MIXED_CONTEXTS: {
    disposition: 'stop-engine',
    meaning: 'streams of two streaming contexts were combined; make both streams with the same context',
  },
  MR_GRAPH_DIFFERENT_SLIDES: {
    disposition: 'stop-engine',
    meaning:
      'combined streams must have the same slide; add a window with the slide of the slower stream to the faster one',
  },
  MR_GRAPH_NO_PARENTS: {
    disposition: 'stop-engine',
    meaning: 'union or transform was called without a stream; pass at least one stream',
  },
  MR_GRAPH_INVALID_UID: {
    disposition: 'stop-engine',
    meaning:
      'a uid must begin with a letter, but not with output-, and contain letters, digits, dots, underscores and dashes only',
  },
  MR_GRAPH_DUPLICATE_UID: {
    disposition: 'stop-engine',
    meaning: 'two operators have the same uid; choose a different uid for each operator',
  },
  MR_GRAPH_REMEMBER_ALREADY_SET: {
    disposition: 'stop-engine',
    meaning: 'the remember duration of the graph was set twice; set the duration once',
  },
  MR_GRAPH_PARENT_RDD_MISSING: {
    disposition: 'fail-batch',
    meaning: 'a combined stream has no RDD for the batch; the message names the stream',
  },
  MR_GRAPH_TRANSFORM_RESULT: {
    disposition: 'fail-batch',
    meaning: 'the function of transform must return an RDD, not undefined and not a promise',
  },
  MR_GRAPH_DUPLICATE_OUTPUT: {
    disposition: 'stop-engine',
    meaning: 'two outputs write files of the same names; choose a different prefix for each output',
  },
  MR_GRAPH_RECORD_NOT_TEXT: {
    disposition: 'fail-batch',
    meaning:
      'a record for a line of JSON contains a value that JSON changes or loses; map the record to text',
  },
  MR_GRAPH_STATE_NOT_SHARED: {
    disposition: 'stop-engine',
    meaning:
      'an operator requires state in the memory of the driver, but executors have a memory of their own; use master local',
  },
  MR_STATE_SNAPSHOT_SUPERSEDED: {
    disposition: 'retry',
    meaning:
      'an executor requested a state snapshot that the driver has replaced by a newer one in the meantime; the task is run again with the newer snapshot',
  },
  MR_GRAPH_WINDOW_FORGOTTEN: {
    disposition: 'fail-batch',
    meaning:
      'an old window was read again after its executor died; only the newest window can be restored. Use a window over the stream, which retains earlier batches; slice does not',
  },
  MR_GRAPH_WINDOW_CHANGED: {
    disposition: 'stop-engine',
    meaning:
      'the stored state of a window with an inverse function has another length or slide, or is unreadable; choose another uid for the new window, and set allowDroppedState to lose the old one',
  },
  MR_GRAPH_UNKNOWN_RDD: {
    disposition: 'fail-batch',
    meaning:
      'a task names an RDD that this program does not define; driver and executor run different programs',
  },
  MR_GRAPH_INPUT_MISSING: {
    disposition: 'fail-batch',
    meaning:
      'a batch requires the input of a stream that had no input for the batch, or has already forgotten that input',
  },
  MR_GRAPH_FILE_TOO_OLD: {
    disposition: 'skip-record',
    meaning:
      'a file appeared in the directory of a file stream with a modification time before the remembered time, and is not read; a move preserves that time: touch files when moving them in, or raise minRememberMs',
  },
  MR_GRAPH_FILE_CHANGED: {
    disposition: 'skip-record',
    meaning:
      'a file of a file stream was written to after a batch had read it, and the new content is not read; move complete files in, under new names',
  },
  MR_GRAPH_INPUT_INVALID: {
    disposition: 'stop-engine',
    meaning: 'the input of a batch, from a checkpoint or another executor, is not an input of this stream',
  },
  MR_GRAPH_INPUT_NOT_PORTABLE: {
    disposition: 'fail-batch',
    meaning:
      'the input of a batch comes from a function and can be neither stored nor sent; put records into the queue instead',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const dstreamError = errorFactory(DSTREAM_ERROR_CODES);
