// Error codes of streaming contexts: mistakes in the set-up, the start and the stop of an engine.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of `context/` with its meaning. */
export const CONTEXT_ERROR_CODES = {
  MR_CONTEXT_ALREADY_STARTED: {
    disposition: 'stop-engine',
    meaning: 'a context can be started once; make a new context to run again',
  },
  MR_CONTEXT_AHEAD_OF_CLOCK: {
    disposition: 'stop-engine',
    meaning:
      'the stored batches are further in the future than batches.maxAheadMs; the message contains the distance; set the clock, raise maxAheadMs, or begin with an empty directory',
  },
  MR_CONTEXT_STOPPED: {
    disposition: 'stop-engine',
    meaning: 'a stopped context cannot be used again; make a new context',
  },
  MR_CONTEXT_NOT_STARTED: {
    disposition: 'stop-engine',
    meaning: 'a call is valid only after start()',
  },
  MR_CONTEXT_ADD_AFTER_START: {
    disposition: 'stop-engine',
    meaning: 'streams, operations and outputs are defined before start(); move the definition up',
  },
  MR_CONTEXT_RECEIVERS_NOT_READY: {
    disposition: 'stop-engine',
    meaning:
      'receivers did not start in the time of start({ awaitReceivers }), and the context was stopped; the message names each of these receivers with its last error. Correct the source or the options of the receiver, or wait longer',
  },
  MR_CONTEXT_ENGINE_IN_USE: {
    disposition: 'stop-engine',
    meaning: 'an assembled engine runs one context; assemble another engine for a second one',
  },
  MR_CONTEXT_ONE_HOST_ONLY: {
    disposition: 'stop-engine',
    meaning:
      'executors run on several hosts, and logs, blocks, checkpoints, files or a sink of the program are reached from one host only; the message lists each place with its remedy. Nothing was started',
  },
  MR_CONTEXT_MASTER_NOT_SERVED: {
    disposition: 'stop-engine',
    meaning:
      'the executors of the installed plugin are not the ones that master names; the message says what they serve. Correct the address, in master or in the plugin, or install a plugin that serves the master',
  },
  MR_CONTEXT_EXECUTORS_NOT_INSTALLED: {
    disposition: 'stop-engine',
    meaning:
      'a master requires executors on threads, or executorAllocation requires scalable executors, and no plugin provides them; install @millrace/threads and add threads() to the plugins',
  },
  MR_CONTEXT_RECEIVER_NOT_INSTALLED: {
    disposition: 'stop-engine',
    meaning: 'a source needs a receiver that no plugin provides; add the plugin named in the message',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const contextError = errorFactory(CONTEXT_ERROR_CODES);
