// The codes of this package. A lost server is not a failure of the engine: the receiver is restarted with growing delays. A
// setting that no restart can fix stops the engine.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/receiver-nats with its meaning. */
export const NATS_ERROR_CODES = {
  MR_NATS_UNREACHABLE: {
    disposition: 'back-off',
    meaning:
      'no server answered, or the connection to a server broke; the receiver tries again with growing delays, and no record of JetStream is lost',
  },
  MR_NATS_DENIED: {
    disposition: 'back-off',
    meaning:
      'the server refused the credentials, or the user lacks a permission on a subject; check username, password, token, credentialsFile, nkeyFile, inboxPrefix and the permissions of the user',
  },
  MR_NATS_FILES_UNUSABLE: {
    disposition: 'back-off',
    meaning:
      'the files named by the options tls, credentialsFile and nkeyFile cannot be read or do not match; the message contains the reason',
  },
  MR_NATS_STREAM_UNKNOWN: {
    disposition: 'stop-engine',
    meaning: 'the stream does not exist; correct the name and the domain, or create the stream',
  },
  MR_NATS_STREAM_UNFIT: {
    disposition: 'stop-engine',
    meaning:
      'the stream removes messages while others behind are kept, so a part of the stream cannot be read again as before; the message says which setting to change',
  },
  MR_NATS_CONSUMER_UNKNOWN: {
    disposition: 'stop-engine',
    meaning: 'the consumer does not exist; correct the name, create the consumer, or set create',
  },
  MR_NATS_CONSUMER_UNFIT: {
    disposition: 'stop-engine',
    meaning:
      'the consumer is not a pull consumer with explicit acknowledgements and any number of deliveries; use another consumer, or correct this one',
  },
  MR_NATS_GAP: {
    disposition: 'stop-engine',
    meaning:
      'the stream no longer has the message behind the last registered one: limits removed messages that were never read, or the stream was made anew; decide about the lost messages, then set onGap to earliest or raise the limits of the stream',
  },
  MR_NATS_POSITION_UNKNOWN: {
    disposition: 'stop-engine',
    meaning:
      'the position of the last registered record is none of this receiver: another receiver had this place in the program; give the stream a uid of its own, or start with new directories',
  },
  MR_NATS_MALFORMED: {
    disposition: 'skip-record',
    meaning:
      'a message is not in the form of the option value; the message was left out, or the receiver stopped, according to onMalformed',
  },
  MR_NATS_DROPPED: {
    disposition: 'skip-record',
    meaning:
      'messages of core NATS came faster than the engine stores records, and the bounded queue was full; the messages are lost. Raise maxQueued, or use JetStream, which waits',
  },
  MR_NATS_RANGE_LOST: {
    disposition: 'fail-batch',
    meaning:
      'the stream no longer has the messages of a block: limits removed the messages, or the stream was made anew; the stream has to keep messages for longer than the time between checkpoints',
  },
  MR_NATS_FAILED: {
    disposition: 'back-off',
    meaning: 'the server answered with another error; the message contains the words of the server',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type NatsErrorCode = keyof typeof NATS_ERROR_CODES;

/** Makes an error of this package's table. */
export const natsError = errorFactory(NATS_ERROR_CODES);
