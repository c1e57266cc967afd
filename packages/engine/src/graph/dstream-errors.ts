// The codes of streams and their graph: mostly mistakes in how a program is put together, found when the operator is
// made or when the graph starts, before any record was touched.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of `dstream/` with its meaning; the reference page is made from it. */
export const DSTREAM_ERROR_CODES = {
  MR_GRAPH_NO_OUTPUT_OPERATION: {
    disposition: 'stop-engine',
    meaning:
      'no stream has an output, so there is nothing to do; call foreachRDD, foreachPartition or print on one',
  },
  MR_GRAPH_ALREADY_STARTED: { disposition: 'stop-engine', meaning: 'a graph of streams was started twice' },
  MR_GRAPH_NOT_STARTED: {
    disposition: 'stop-engine',
    meaning:
      'a batch was asked of a stream before its graph was started, or of a stream that no output reads',
  },
  MR_GRAPH_INVALID_ARGUMENT: {
    disposition: 'stop-engine',
    meaning:
      'an operator was given an argument or an option it cannot work with; the message names operator, value and what is expected',
  },
  MR_GRAPH_DURATION_NOT_MULTIPLE: {
    disposition: 'stop-engine',
    meaning:
      'the length and the slide of a window must be multiples of the slide of the stream it is made from',
  },
  MR_GRAPH_MIXED_CONTEXTS: {
    disposition: 'stop-engine',
    meaning: 'streams of two streaming contexts were combined; make both with the same context',
  },
  MR_GRAPH_DIFFERENT_SLIDES: {
    disposition: 'stop-engine',
    meaning:
      'streams that are combined must slide alike; give the faster one a window with the slide of the slower',
  },
  MR_GRAPH_NO_PARENTS: {
    disposition: 'stop-engine',
    meaning: 'union or transform was given no stream; give at least one',
  },
  MR_GRAPH_INVALID_UID: {
    disposition: 'stop-engine',
    meaning:
      'a uid must begin with a letter, but not with output-, and hold letters, digits, dots, underscores and dashes only',
  },
  MR_GRAPH_DUPLICATE_UID: {
    disposition: 'stop-engine',
    meaning: 'two operators have the same uid; give each one of its own',
  },
  MR_GRAPH_REMEMBER_ALREADY_SET: {
    disposition: 'stop-engine',
    meaning: 'how long the graph remembers was set twice; set it once',
  },
  MR_GRAPH_PARENT_RDD_MISSING: {
    disposition: 'fail-batch',
    meaning: 'streams are combined, and one of them has nothing for the batch; the message names it',
  },
  MR_GRAPH_TRANSFORM_RESULT: {
    disposition: 'fail-batch',
    meaning: 'the function given to transform must return an RDD, not nothing and not a promise',
  },
  MR_GRAPH_DUPLICATE_OUTPUT: {
    disposition: 'stop-engine',
    meaning: 'two outputs write files of the same names; give each a prefix of its own',
  },
  MR_GRAPH_RECORD_NOT_TEXT: {
    disposition: 'fail-batch',
    meaning:
      'a record is to be written as a line of JSON, and has something that JSON changes or loses; map it to text',
  },
  MR_GRAPH_STATE_NOT_SHARED: {
    disposition: 'stop-engine',
    meaning:
      'an operator remembers what only the memory of the driver could hold, but executors have a memory of their own; use master local',
  },
  MR_STATE_SNAPSHOT_SUPERSEDED: {
    disposition: 'retry',
    meaning:
      'an executor asked for kept state that the driver has replaced by newer state in the meantime; the task is told and tried again',
  },
  MR_GRAPH_WINDOW_FORGOTTEN: {
    disposition: 'fail-batch',
    meaning:
      'an old window was read again after an executor that had it died; only the newest window is kept for that. Use a window over the stream, which keeps earlier batches; slice does not',
  },
  MR_GRAPH_WINDOW_CHANGED: {
    disposition: 'stop-engine',
    meaning:
      'what was kept for a window with an inverse function belongs to another length or slide, or cannot be read; give the new window another uid, and set allowDroppedState to lose the old one',
  },
  MR_GRAPH_UNKNOWN_RDD: {
    disposition: 'fail-batch',
    meaning:
      'a task names an RDD that this program does not make; driver and executor run different programs',
  },
  MR_GRAPH_INPUT_MISSING: {
    disposition: 'fail-batch',
    meaning: 'a batch was asked of an input stream that took no input for it, or has forgotten it',
  },
  MR_GRAPH_FILE_TOO_OLD: {
    disposition: 'skip-record',
    meaning:
      'a file appeared in the directory of a file stream with a modification time before what is remembered, and is not read; a move keeps that time: touch files when moving them in, or raise minRememberMs',
  },
  MR_GRAPH_FILE_CHANGED: {
    disposition: 'skip-record',
    meaning:
      'a file of a file stream was written to after a batch had read it, and what was written is not read; move files in when they are complete, under new names',
  },
  MR_GRAPH_INPUT_INVALID: {
    disposition: 'stop-engine',
    meaning:
      'the input of a batch came from a checkpoint or another executor, and is not an input of this stream',
  },
  MR_GRAPH_INPUT_NOT_PORTABLE: {
    disposition: 'fail-batch',
    meaning:
      'the input of a batch is made by a function and cannot be kept or sent; put records into the queue instead',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const dstreamError = errorFactory(DSTREAM_ERROR_CODES);
