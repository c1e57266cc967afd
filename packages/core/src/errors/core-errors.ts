// The codes of the contracts and the assembly. A code named in the text of a port is defined here, for every
// implementation.
import { errorFactory, type ErrorCodeTable } from './millrace-error.ts';

/** Every code of @millrace/core with its meaning; the source of the reference page. */
export const CORE_ERROR_CODES = {
  MR_BOOT_CONTRACT_UNSUPPORTED: {
    disposition: 'stop-engine',
    meaning:
      'a plugin requires a contract version that this engine does not support; install matching versions',
  },
  MR_BOOT_MISSING_REQUIREMENT: {
    disposition: 'stop-engine',
    meaning: 'no plugin provides a required port; add one of the plugins named in the message',
  },
  MR_BOOT_DUPLICATE_PROVIDER: {
    disposition: 'stop-engine',
    meaning: 'two plugins provide the same port; remove one of them',
  },
  MR_BOOT_DUPLICATE_PLUGIN: {
    disposition: 'stop-engine',
    meaning: 'the plugin list contains the same plugin twice; remove one entry',
  },
  MR_BOOT_INVALID_PLUGIN: {
    disposition: 'stop-engine',
    meaning: 'an entry of the plugin list is not a plugin, or a plugin does not bind its declared ports',
  },
  MR_BOOT_REQUIREMENT_CYCLE: {
    disposition: 'stop-engine',
    meaning: 'plugins require each other in a circle, so no plugin of the circle can start first',
  },
  MR_BOOT_OPEN_FAILED: {
    disposition: 'stop-engine',
    meaning: 'a port could not be opened; all ports opened before have been closed again',
  },
  MR_BOOT_NODE_UNSUPPORTED: {
    disposition: 'stop-engine',
    meaning:
      'the version of Node is older than the packages support; install the version named in the message',
  },
  MR_BOOT_CLOSED: {
    disposition: 'stop-engine',
    meaning: 'an engine was opened after closing; an engine has one life, assemble another engine',
  },
  MR_BOOT_REFUSED: {
    disposition: 'stop-engine',
    meaning:
      'the plugins of an engine have several problems; the message lists each problem with its own code',
  },
  MR_CONFIG_INVALID_OPTION: {
    disposition: 'stop-engine',
    meaning:
      'an option has a wrong value or an unknown name; the message contains path, value and expected value',
  },
  MR_STORAGE_NOT_FOUND: { disposition: 'fail-batch', meaning: 'a file or directory does not exist' },
  MR_STORAGE_EXISTS: { disposition: 'fail-batch', meaning: 'a file to be created already exists' },
  MR_STORAGE_FULL: {
    disposition: 'back-off',
    meaning: 'the disk is full; free some space, work resumes by itself',
  },
  MR_STORAGE_DENIED: {
    disposition: 'stop-engine',
    meaning: 'the process lacks the permission for a file operation; check owner and mode',
  },
  MR_STORAGE_FAILED: {
    disposition: 'retry',
    meaning: 'the operating system failed; the cause contains the details',
  },
  MR_STORAGE_LOCKED: {
    disposition: 'stop-engine',
    meaning:
      'another process uses this directory; stop that process, choose another directory, or remove the lock of a process that is gone with npx millrace unlock',
  },
  MR_CODEC_UNSUPPORTED_VALUE: {
    disposition: 'skip-record',
    meaning:
      'a record contains a value that would not be decoded unchanged; convert the value to plain data first',
  },
  MR_CODEC_MALFORMED: { disposition: 'fail-batch', meaning: 'the bytes are not an output of the codec' },
  MR_BLOCK_STORE_FULL: {
    disposition: 'back-off',
    meaning: 'the block store has reached its bound; wait for batches to complete, or raise maxBytes',
  },
  MR_BLOCK_DUPLICATE: { disposition: 'stop-engine', meaning: 'a block id was stored twice' },
  MR_BLOCK_LOST: {
    disposition: 'fail-batch',
    meaning: 'a block of a batch is gone; use a write-ahead log to survive the loss of an executor',
  },
  MR_RECEIVER_OVERRUN: {
    disposition: 'back-off',
    meaning: 'a receiver kept storing long after store answered false; await ready()',
  },
  MR_RECEIVER_NOT_RUNNING: {
    disposition: 'skip-record',
    meaning: 'a receiver stored a record before its start or after its stop',
  },
  MR_RECEIVER_BUFFER_FULL: {
    disposition: 'skip-record',
    meaning:
      'a source that cannot wait sent more records than its receiver may buffer, and records were dropped; raise maxBuffered, or make batches faster',
  },
  MR_WAL_FULL: {
    disposition: 'back-off',
    meaning: 'a log has no room for another entry; free some space, work resumes by itself',
  },
  MR_WAL_CLOSED: { disposition: 'stop-engine', meaning: 'a log was written to after closing' },
  MR_WAL_CORRUPT_RECORD: {
    disposition: 'stop-engine',
    meaning:
      'an entry in the middle of a log is damaged; restore the segment named in the message, or configure the log to skip damaged entries',
  },
  MR_WAL_FENCED: {
    disposition: 'stop-engine',
    meaning:
      'another driver has taken over the log, and every later write of this driver is refused; nothing was written, this driver ends and may be started again to stand by',
  },
  MR_LEASE_LOST: {
    disposition: 'stop-engine',
    meaning:
      'this driver is not in charge any more: another driver has taken over, or the lease could not be renewed for too long; this driver ends and may be started again to stand by',
  },
  MR_LEASE_STOPPED: {
    disposition: 'stop-engine',
    meaning:
      'the application was stopped while this driver stood by, so this driver has ended as well; start a driver to begin again',
  },
  MR_CHECKPOINT_FENCED: {
    disposition: 'stop-engine',
    meaning:
      'another driver has taken over the checkpoints, and every later write of this driver is refused; nothing was written, this driver ends and may be started again to stand by',
  },
  MR_WAL_UNREADABLE_BLOCK: {
    disposition: 'fail-batch',
    meaning:
      'an entry is intact, but this engine cannot decode its block: another codec or version wrote the block',
  },
  MR_CHECKPOINT_UNREADABLE: {
    disposition: 'stop-engine',
    meaning:
      'no checkpoint is readable, although checkpoints exist; restore one, or remove all of them to begin without their state',
  },
  MR_CHECKPOINT_TOO_LARGE: {
    disposition: 'back-off',
    meaning:
      'a checkpoint, or a part of one, exceeds the size limit of its store; reduce the state, or raise maxBytes of the store',
  },
  MR_CHECKPOINT_NOT_REMOVED: {
    disposition: 'retry',
    meaning:
      'files of old checkpoints could not be removed; the next checkpoint tries again, check owner and mode',
  },
  MR_CHECKPOINT_PART_UNREADABLE: {
    disposition: 'stop-engine',
    meaning:
      'a checkpoint refers to a missing or damaged part, so the checkpoint cannot be used; an older checkpoint is tried, or restore the part',
  },
  MR_SINK_NOT_OPEN: {
    disposition: 'stop-engine',
    meaning: 'a sink was written to before opening or after closing; a sink has one life, make another sink',
  },
  MR_SINK_REPARTITIONED: {
    disposition: 'fail-batch',
    meaning:
      'a batch that was already written, whole or in part, was repeated with another number of partitions, and nothing was written; run the batch with the earlier number, or remove its earlier output',
  },
  MR_SINK_UNSUPPORTED_RECORD: {
    disposition: 'fail-batch',
    meaning:
      'a record cannot be written in the form that the options of a sink require, and nothing of its partition was written; convert records with map, or correct the options',
  },
  MR_EXECUTOR_UNREACHABLE: { disposition: 'retry', meaning: 'an executor is not alive or did not answer' },
  MR_EXECUTOR_MESSAGE_INVALID: {
    disposition: 'fail-batch',
    meaning:
      'a message between driver and executors has an unknown kind or shape; driver and executors must run the same version, and no other process may connect',
  },
  MR_EXECUTOR_STALE_EPOCH: {
    disposition: 'stop-engine',
    meaning: 'a message came from a replaced driver; that driver must stop',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of the core table. */
export const coreError = errorFactory(CORE_ERROR_CODES);
