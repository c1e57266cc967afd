// The codes of this package. Each meaning names the remedy, and the disposition defines the engine's reaction: an absent server
// is waited for, a failure that needs a human stops.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/sink-redis with its meaning. */
export const REDIS_SINK_ERROR_CODES = {
  MR_SINK_REDIS_UNREACHABLE: {
    disposition: 'back-off',
    meaning:
      'the server did not answer, the connection broke, or the server is still loading its data; the write is tried again with growing delays, and the ledger tells what was written',
  },
  MR_SINK_REDIS_READ_ONLY: {
    disposition: 'back-off',
    meaning:
      'the server accepts no writes, for instance a replica before its promotion, or a primary without enough replicas; the write is tried again with growing delays',
  },
  MR_SINK_REDIS_FULL: {
    disposition: 'back-off',
    meaning:
      'the server has no memory left, or cannot write to its disk, and nothing was written; free some, work resumes by itself',
  },
  MR_SINK_REDIS_DENIED: {
    disposition: 'stop-engine',
    meaning:
      'the server refused the user or the password, or the user lacks a permission; the user needs the keys of the rows and of the ledger, and the commands of the README',
  },
  MR_SINK_REDIS_TLS_UNUSABLE: {
    disposition: 'stop-engine',
    meaning:
      'the files named by the option tls cannot be read or do not match; the message contains the reason',
  },
  MR_SINK_REDIS_EVICTS: {
    disposition: 'stop-engine',
    meaning:
      'the server removes keys without an expiry when its memory is full, so also the ledger and the rows; set maxmemory-policy to noeviction or to a policy that begins with volatile',
  },
  MR_SINK_REDIS_WRONG_TYPE: {
    disposition: 'stop-engine',
    meaning:
      'a key of a row holds something else than the option as says, and nothing was written; correct the option, or remove the key',
  },
  MR_SINK_REDIS_FORGOTTEN: {
    disposition: 'fail-batch',
    meaning:
      'a batch is older than the ledger, so an earlier write of the batch cannot be detected; raise ledgerBatches, or choose another name for an application that starts over',
  },
  MR_SINK_REDIS_ROLLED_BACK: {
    disposition: 'stop-engine',
    meaning:
      'the server no longer has a write that it had confirmed: the server crashed without appendfsync always, a replica without the write took over, or keys of the ledger were removed; decide about the lost rows, then start again',
  },
  MR_SINK_REDIS_FAILED: {
    disposition: 'retry',
    meaning: 'the server answered with another error; the message contains the words of the server',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type RedisSinkErrorCode = keyof typeof REDIS_SINK_ERROR_CODES;

/** Makes an error of this package's table. */
export const redisSinkError = errorFactory(REDIS_SINK_ERROR_CODES);
