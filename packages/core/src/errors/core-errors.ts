// The codes of the contracts and the assembly. A code named in the text of a port is defined here, for every
// implementation.
import { errorFactory, type ErrorCodeTable } from './millrace-error.ts';

/** Every code of @millrace/core with its meaning; the source of the reference page. */
export const CORE_ERROR_CODES = {
  MR_BOOT_CONTRACT_UNSUPPORTED: {
    disposition: 'stop-engine',
    meaning:
      'a plugin was written for a contract version this engine does not serve; install matching versions',
  },
  MR_BOOT_MISSING_REQUIREMENT: {
    disposition: 'stop-engine',
    meaning: 'a plugin needs a port that nothing provides; add one of the plugins named in the message',
  },
  MR_BOOT_DUPLICATE_PROVIDER: {
    disposition: 'stop-engine',
    meaning: 'two plugins provide the same port; remove one of them',
  },
  MR_BOOT_DUPLICATE_PLUGIN: {
    disposition: 'stop-engine',
    meaning: 'the same plugin was given twice; give it once',
  },
  MR_BOOT_INVALID_PLUGIN: {
    disposition: 'stop-engine',
    meaning: 'what was given is not a plugin, or it does not bind what it says it provides',
  },
  MR_BOOT_REQUIREMENT_CYCLE: {
    disposition: 'stop-engine',
    meaning: 'plugins require each other in a circle, so none of them can start first',
  },
  MR_BOOT_OPEN_FAILED: {
    disposition: 'stop-engine',
    meaning: 'a port could not be opened; what was already open has been closed again',
  },
  MR_BOOT_CLOSED: {
    disposition: 'stop-engine',
    meaning: 'an engine was opened after it had been closed; an engine has one life, assemble another',
  },
  MR_BOOT_REFUSED: {
    disposition: 'stop-engine',
    meaning:
      'several things are wrong with the plugins of an engine; the message lists each with its own code',
  },
  MR_CONFIG_INVALID_OPTION: {
    disposition: 'stop-engine',
    meaning:
      'an option has a wrong value or an unknown name; the message names path, value and what is expected',
  },
  MR_STORAGE_NOT_FOUND: { disposition: 'fail-batch', meaning: 'a file or directory is not there' },
  MR_STORAGE_EXISTS: { disposition: 'fail-batch', meaning: 'a file to be created is already there' },
  MR_STORAGE_FULL: {
    disposition: 'back-off',
    meaning: 'the disk is full; make room, work resumes by itself',
  },
  MR_STORAGE_DENIED: {
    disposition: 'stop-engine',
    meaning: 'the process may not do this; check owner and mode',
  },
  MR_STORAGE_FAILED: { disposition: 'retry', meaning: 'the operating system failed; the cause says how' },
  MR_STORAGE_LOCKED: {
    disposition: 'stop-engine',
    meaning: 'another process uses this directory; stop it, or choose another directory',
  },
  MR_CODEC_UNSUPPORTED_VALUE: {
    disposition: 'skip-record',
    meaning: 'a record holds something that would not come back as it was; convert it to plain data first',
  },
  MR_CODEC_MALFORMED: { disposition: 'fail-batch', meaning: 'bytes are not what the codec makes' },
  MR_BLOCK_STORE_FULL: {
    disposition: 'back-off',
    meaning: 'the block store is at its bound; batches have to complete first, or raise maxBytes',
  },
  MR_BLOCK_DUPLICATE: { disposition: 'stop-engine', meaning: 'a block id was stored twice' },
  MR_BLOCK_LOST: {
    disposition: 'fail-batch',
    meaning: 'a block of a batch is gone; use a write-ahead log to survive the loss of an executor',
  },
  MR_RECEIVER_OVERRUN: {
    disposition: 'back-off',
    meaning: 'a receiver went on storing long after store answered false; await ready()',
  },
  MR_RECEIVER_NOT_RUNNING: {
    disposition: 'skip-record',
    meaning: 'a receiver stored before it was started or after it was stopped',
  },
  MR_RECEIVER_BUFFER_FULL: {
    disposition: 'skip-record',
    meaning:
      'a source that cannot be made to wait sent more than its receiver may keep, and records were dropped; raise maxBuffered, or make batches faster',
  },
  MR_WAL_FULL: {
    disposition: 'back-off',
    meaning: 'there is no room for another entry of a log; make room, work resumes by itself',
  },
  MR_WAL_CLOSED: { disposition: 'stop-engine', meaning: 'a log was written to after it had been closed' },
  MR_WAL_CORRUPT_RECORD: {
    disposition: 'stop-engine',
    meaning:
      'an entry in the middle of a log is damaged; restore the segment named in the message, or tell the log to skip what is damaged',
  },
  MR_CHECKPOINT_UNREADABLE: {
    disposition: 'stop-engine',
    meaning:
      'there are checkpoints but none can be read; restore one, or remove them to begin without the state they held',
  },
  MR_CHECKPOINT_TOO_LARGE: {
    disposition: 'back-off',
    meaning:
      'a checkpoint, or a part of one, is larger than its store reads back; keep less state, or raise maxBytes of the store',
  },
  MR_CHECKPOINT_NOT_REMOVED: {
    disposition: 'retry',
    meaning:
      'files of old checkpoints could not be removed and stay; the next checkpoint tries again, look at owner and mode',
  },
  MR_CHECKPOINT_PART_UNREADABLE: {
    disposition: 'stop-engine',
    meaning:
      'a checkpoint names a part that is gone or damaged, so it cannot be used; an older checkpoint is tried, or restore the part',
  },
  MR_SINK_NOT_OPEN: {
    disposition: 'stop-engine',
    meaning:
      'a sink was written to before it was opened or after it was closed; a sink has one life, make another',
  },
  MR_SINK_REPARTITIONED: {
    disposition: 'fail-batch',
    meaning:
      'a batch that was written before, whole or in part, came again out of another number of partitions, and nothing was written; run it with as many as then, or remove what it has written',
  },
  MR_SINK_UNSUPPORTED_RECORD: {
    disposition: 'fail-batch',
    meaning:
      'a record cannot be written as the options of a sink ask, and nothing of its partition was; convert records with map, or correct the options',
  },
  MR_EXECUTOR_UNREACHABLE: { disposition: 'retry', meaning: 'an executor is not alive or did not answer' },
  MR_EXECUTOR_MESSAGE_INVALID: {
    disposition: 'fail-batch',
    meaning:
      'a message between driver and executors is of no known kind or shape; driver and executors must run the same version, and nobody else may speak to them',
  },
  MR_EXECUTOR_STALE_EPOCH: {
    disposition: 'stop-engine',
    meaning: 'a message came from a driver that has been replaced; it must stop',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of the core table. */
export const coreError = errorFactory(CORE_ERROR_CODES);
