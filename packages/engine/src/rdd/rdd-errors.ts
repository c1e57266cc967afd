// The codes of RDDs, their tasks and their jobs.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of RDDs with its meaning; the reference page is made from it. */
export const RDD_ERROR_CODES = {
  MR_RDD_INVALID_ARGUMENT: {
    disposition: 'stop-engine',
    meaning:
      'an operator was given something it cannot work with: a number out of its range, no function, no RDD; the message names operator and value',
  },
  MR_RDD_UNSUPPORTED_KEY: {
    disposition: 'fail-batch',
    meaning:
      'a key is not a string, number, bigint, boolean, null or plain tuple or object of those; convert it first',
  },
  MR_RDD_RECORD_NOT_PAIR: {
    disposition: 'fail-batch',
    meaning:
      'an operator on pairs, such as reduceByKey, join or mapWithState, got a record that is no array of key and value; map to pairs before',
  },
  MR_RDD_FUNCTION_ASYNCHRONOUS: {
    disposition: 'fail-batch',
    meaning:
      'a function of an operator gave a promise, and operators do not wait; make the function synchronous, look things up before, or wait in foreachRDD or foreachPartition',
  },
  MR_RDD_COMPARISON_INVALID: {
    disposition: 'fail-batch',
    meaning:
      'a comparison that a program gave for sorting gave no number, or NaN; leave it out for the default order, which takes NaN and undefined',
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
      'an action was called where no job can run: on an executor, or inside an operator; call it on the driver',
  },
  MR_RDD_EMPTY_COLLECTION: {
    disposition: 'fail-batch',
    meaning: 'first or reduce was asked of an RDD without records; ask isEmpty first, or use fold',
  },
  MR_RDD_UNKNOWN: {
    disposition: 'fail-batch',
    meaning:
      'a task names an RDD or an action that this executor does not know; driver and executor differ or it is forgotten',
  },
  MR_RDD_TASK_FAILED: {
    disposition: 'fail-batch',
    meaning:
      'a task failed as often as allowed; the message names batch, rdd and partition, the cause says why',
  },
  MR_RDD_JOB_CANCELLED: { disposition: 'fail-batch', meaning: 'a job was called off before it ended' },
  MR_RDD_NO_EXECUTOR: { disposition: 'retry', meaning: 'no executor is alive to run a task' },
  MR_RDD_SHUFFLE_OUTPUT_MISSING: {
    disposition: 'retry',
    meaning: 'what a map task wrote is gone, for instance with its executor; the map task is run again',
  },
  MR_RDD_SHUFFLE_STORE_FULL: {
    disposition: 'fail-batch',
    meaning:
      'the shuffle outputs of unfinished batches reached their bound; raise maxRecords, or use shorter batches or windows',
  },
  MR_RDD_CACHE_FULL: {
    disposition: 'fail-batch',
    meaning:
      'persisted partitions that cannot be computed again reached the bound; raise maxRecords, or keep less',
  },
  MR_RDD_PARTITION_LOST: {
    disposition: 'fail-batch',
    meaning: 'a partition whose lineage was cut is not in the cache any more; restore it from a checkpoint',
  },
  MR_RDD_FILE_GONE: {
    disposition: 'fail-batch',
    meaning:
      'a file that was selected for a batch is not there any more when the batch reads it; keep files while batches and windows need them',
  },
  MR_RDD_VALUE_UNSUPPORTED: {
    disposition: 'fail-batch',
    meaning:
      'records that leave their executor in a shuffle or as the answer of an action, or that are copied or compared, are no plain data; the batch is not repeated. Map such values to data first',
  },
  MR_RDD_FILE_CHANGED: {
    disposition: 'fail-batch',
    meaning:
      'a file is shorter, or of the same length with another time, than when it was selected for a batch; move files in when they are complete',
  },
  MR_RDD_FILE_NOT_GZIP: {
    disposition: 'fail-batch',
    meaning:
      'a file whose name ends with .gz is no gzip file, a damaged one, or ends too early; move files in when they are complete, restore it, or give it another name',
  },
  MR_RDD_WINDOW_INCONSISTENT: {
    disposition: 'fail-batch',
    meaning:
      'a key leaves a window with an inverse function that it never entered: a function before the window gives other results when it runs again',
  },
  MR_RDD_LINE_TOO_LONG: {
    disposition: 'fail-batch',
    meaning: 'a text file has a line above the bound; raise maxLineBytes, or the file is not text',
  },
  MR_RDD_RECORD_INCOMPLETE: {
    disposition: 'fail-batch',
    meaning:
      'a file of records of one length ends inside a record; the length is another, or the file was not complete',
  },
  MR_RDD_FILE_TOO_LARGE: {
    disposition: 'fail-batch',
    meaning: 'a file that is read as a whole is above the bound; raise maxFileBytes, or read it in pieces',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of the RDD table. */
export const rddError = errorFactory(RDD_ERROR_CODES);
