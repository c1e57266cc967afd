// Error codes of RDDs, their tasks and their jobs.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of RDDs with its meaning; the source of the reference page. */
export const RDD_ERROR_CODES = {
  MR_RDD_INVALID_ARGUMENT: {
    disposition: 'stop-engine',
    meaning:
      'an operator has an invalid argument: a number out of its range, not a function, not an RDD; the message names operator and value',
  },
  MR_RDD_UNSUPPORTED_KEY: {
    disposition: 'fail-batch',
    meaning:
      'a key is not a string, number, bigint, boolean, null or a plain tuple or object of such values; convert the key first',
  },
  MR_RDD_RECORD_NOT_PAIR: {
    disposition: 'fail-batch',
    meaning:
      'an operator on pairs, such as reduceByKey, join or mapWithState, got a record that is no array of key and value; map to pairs before',
  },
  MR_RDD_FUNCTION_ASYNCHRONOUS: {
    disposition: 'fail-batch',
    meaning:
      'a function of an operator returned a promise, and the operator does not wait; use mapAsync, flatMapAsync or filterAsync, or make the function synchronous',
  },
  MR_RDD_CALL_FAILED: {
    disposition: 'fail-batch',
    meaning:
      'the function of an asynchronous operator failed for a record on its last permitted attempt; the message names stream and record, the cause contains the reason',
  },
  MR_RDD_CALL_TIMED_OUT: {
    disposition: 'fail-batch',
    meaning: 'an attempt of an asynchronous operator took longer than its timeoutMs and was aborted',
  },
  MR_RDD_TASK_CANCELLED: {
    disposition: 'fail-batch',
    meaning: 'a task was cancelled because its job is over; the driver ignores the answer of such a task',
  },
  MR_RDD_RESULT_NOT_ITERABLE: {
    disposition: 'fail-batch',
    meaning:
      'a function that makes several records, such as that of flatMap or mapPartitions, returned no iterable; return a list, and an empty one for no record',
  },
  MR_RDD_COMPARISON_INVALID: {
    disposition: 'fail-batch',
    meaning:
      'a comparison function for sorting did not return a number, or returned NaN; omit the function for the default order, which accepts NaN and undefined',
  },
  MR_RDD_PARTITIONS_DIFFER: {
    disposition: 'stop-engine',
    meaning:
      'RDDs to be combined partition by partition have different numbers of partitions; repartition one of them',
  },
  MR_RDD_FOREIGN_ENVIRONMENT: {
    disposition: 'stop-engine',
    meaning: 'RDDs of two streaming contexts were combined; build both from the same context',
  },
  MR_RDD_NO_DRIVER: {
    disposition: 'stop-engine',
    meaning:
      'an action was called in a place without jobs: on an executor, or inside an operator; call the action on the driver',
  },
  MR_RDD_EMPTY_COLLECTION: {
    disposition: 'fail-batch',
    meaning: 'first or reduce was called on an RDD without records; check isEmpty first, or use fold',
  },
  MR_RDD_UNKNOWN: {
    disposition: 'fail-batch',
    meaning:
      'a task names an unknown RDD or action; driver and executor run different programs, or the RDD has been forgotten',
  },
  MR_RDD_TASK_FAILED: {
    disposition: 'fail-batch',
    meaning:
      'a task failed on its last permitted attempt; the message names batch, rdd and partition, the cause contains the reason',
  },
  MR_RDD_JOB_CANCELLED: { disposition: 'fail-batch', meaning: 'a job was cancelled before its end' },
  MR_RDD_NO_EXECUTOR: { disposition: 'retry', meaning: 'no executor is alive to run a task' },
  MR_RDD_SHUFFLE_OUTPUT_MISSING: {
    disposition: 'retry',
    meaning: 'the output of a map task is gone, for instance with its executor; the map task is run again',
  },
  MR_RDD_SHUFFLE_STORE_FULL: {
    disposition: 'fail-batch',
    meaning:
      'the shuffle outputs of unfinished batches reached their bound; raise maxRecords, or use shorter batches or windows',
  },
  MR_RDD_CACHE_FULL: {
    disposition: 'fail-batch',
    meaning:
      'persisted partitions that cannot be computed again reached the bound; raise maxRecords, or persist less',
  },
  MR_RDD_PARTITION_LOST: {
    disposition: 'fail-batch',
    meaning:
      'a partition with a cut lineage is missing from the cache; restore the partition from a checkpoint',
  },
  MR_RDD_FILE_GONE: {
    disposition: 'fail-batch',
    meaning:
      'a file that was selected for a batch was removed before the batch read the file; keep files while batches and windows need them',
  },
  MR_RDD_VALUE_UNSUPPORTED: {
    disposition: 'fail-batch',
    meaning:
      'records in a shuffle, in the answer of an action, or in a copy or comparison are not plain data; the batch is not repeated. Map such values to data first',
  },
  MR_RDD_FILE_CHANGED: {
    disposition: 'fail-batch',
    meaning:
      'a file is shorter, or of the same length with another time, than when it was selected for a batch; move files in when they are complete',
  },
  MR_RDD_FILE_NOT_GZIP: {
    disposition: 'fail-batch',
    meaning:
      'a file with a name ending in .gz is not a gzip file, is damaged, or ends too early; move complete files in, restore the file, or rename the file',
  },
  MR_RDD_WINDOW_INCONSISTENT: {
    disposition: 'fail-batch',
    meaning:
      'a key leaves a window with an inverse function that it never entered: a function before the window returns other results on a repeated run',
  },
  MR_RDD_LINE_TOO_LONG: {
    disposition: 'fail-batch',
    meaning: 'a text file has a line above the bound; raise maxLineBytes, or the file is not text',
  },
  MR_RDD_RECORD_INCOMPLETE: {
    disposition: 'fail-batch',
    meaning:
      'a file of fixed-length records ends inside a record; the record length is wrong, or the file was incomplete',
  },
  MR_RDD_FILE_TOO_LARGE: {
    disposition: 'fail-batch',
    meaning:
      'a file for reading as a whole is above the bound; raise maxFileBytes, or read the file in pieces',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of the RDD table. */
export const rddError = errorFactory(RDD_ERROR_CODES);
