// The codes of streaming contexts: mistakes in how an engine is set up, started and stopped.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of `context/` with its meaning. */
export const CONTEXT_ERROR_CODES = {
  MR_CONTEXT_ALREADY_STARTED: {
    disposition: 'stop-engine',
    meaning: 'a context is started once; make a new one to run again',
  },
  MR_CONTEXT_AHEAD_OF_CLOCK: {
    disposition: 'stop-engine',
    meaning:
      'what was kept is of batches further in the future than batches.maxAheadMs; the message says how far; set the clock, raise maxAheadMs, or begin with an empty directory',
  },
  MR_CONTEXT_STOPPED: {
    disposition: 'stop-engine',
    meaning: 'a stopped context cannot be used again; make a new one',
  },
  MR_CONTEXT_NOT_STARTED: {
    disposition: 'stop-engine',
    meaning: 'something was asked that makes sense only after start()',
  },
  MR_CONTEXT_ADD_AFTER_START: {
    disposition: 'stop-engine',
    meaning: 'streams, operations and outputs are defined before start(); move the definition up',
  },
  MR_CONTEXT_ENGINE_IN_USE: {
    disposition: 'stop-engine',
    meaning: 'an assembled engine runs one context; assemble another engine for a second one',
  },
  MR_CONTEXT_EXECUTORS_NOT_INSTALLED: {
    disposition: 'stop-engine',
    meaning:
      'a master asks for executors on threads, or executorAllocation for executors that can be added, and no plugin brings them; install @millrace/threads and add threads() to the plugins',
  },
  MR_CONTEXT_RECEIVER_NOT_INSTALLED: {
    disposition: 'stop-engine',
    meaning: 'a source needs a receiver that no plugin offers; add the plugin named in the message',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const contextError = errorFactory(CONTEXT_ERROR_CODES);
