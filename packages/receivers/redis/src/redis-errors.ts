// The codes of this package. A lost server is not a failure of the engine: the receiver is restarted with growing delays. A
// setting that no restart can fix stops the engine.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/receiver-redis with its meaning. */
export const REDIS_ERROR_CODES = {
  MR_REDIS_UNREACHABLE: {
    disposition: 'back-off',
    meaning:
      'the server did not answer, the connection broke, or the server is still loading its data; the receiver tries again with growing delays, and no entry of a stream is lost',
  },
  MR_REDIS_DENIED: {
    disposition: 'back-off',
    meaning:
      'the server refused the user or the password, or the user lacks a permission on a command, a key or a channel; check username, password and the access control list',
  },
  MR_REDIS_TLS_UNUSABLE: {
    disposition: 'back-off',
    meaning:
      'the files named by the option tls cannot be read or do not match; the message contains the reason',
  },
  MR_REDIS_STREAM_UNKNOWN: {
    disposition: 'stop-engine',
    meaning: 'the key is missing or holds no stream; correct the name, create the stream, or set create',
  },
  MR_REDIS_GROUP_UNKNOWN: {
    disposition: 'stop-engine',
    meaning: 'the stream has no such consumer group; correct the name, create the group, or set create',
  },
  MR_REDIS_ENTRIES_LOST: {
    disposition: 'skip-record',
    meaning:
      'entries were delivered to a consumer of the group, not acknowledged, and removed from the stream meanwhile, so their content is gone; trim the stream less',
  },
  MR_REDIS_GAP: {
    disposition: 'stop-engine',
    meaning:
      'the stream no longer has the entry behind the last registered one: the stream was trimmed, lost its end in a crash of the server, or was made anew; decide about the lost entries, then set onGap to earliest or trim the stream less',
  },
  MR_REDIS_POSITION_UNKNOWN: {
    disposition: 'stop-engine',
    meaning:
      'the position of the last registered record is none of this receiver: another receiver had this place in the program; give the stream a uid of its own, or start with new directories',
  },
  MR_REDIS_MALFORMED: {
    disposition: 'skip-record',
    meaning:
      'an entry or a message is not in the form of the options; the entry was left out, or the receiver stopped, according to onMalformed',
  },
  MR_REDIS_RANGE_LOST: {
    disposition: 'fail-batch',
    meaning:
      'the stream no longer has every entry of a block: entries were trimmed or deleted, or the stream was made anew; the stream has to keep entries for longer than the time between checkpoints',
  },
  MR_REDIS_DROPPED: {
    disposition: 'skip-record',
    meaning:
      'messages of channels arrived while the engine had no room, and were dropped; raise maxQueued and maxBytesInFlight, or use a stream',
  },
  MR_REDIS_FAILED: {
    disposition: 'back-off',
    meaning: 'the server answered with another error; the message contains the words of the server',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type RedisErrorCode = keyof typeof REDIS_ERROR_CODES;

/** Makes an error of this package's table. */
export const redisError = errorFactory(REDIS_ERROR_CODES);
