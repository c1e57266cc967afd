// The codes of this package. Each meaning names the remedy, and the disposition defines the engine's reaction: a server that is
// away is waited for, a failure that needs a human stops.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/sink-nats with its meaning. */
export const NATS_SINK_ERROR_CODES = {
  MR_SINK_NATS_UNREACHABLE: {
    disposition: 'back-off',
    meaning:
      'no server answered, the connection to a server broke, or the stream has no leader; the write is tried again with growing delays, and the ledger tells which part of a lost write took place',
  },
  MR_SINK_NATS_BUSY: {
    disposition: 'back-off',
    meaning:
      'the stream is full and refuses further messages, or has too many open batches; the write is tried again with growing delays. Raise the limits of the stream, or lower writers',
  },
  MR_SINK_NATS_DENIED: {
    disposition: 'stop-engine',
    meaning:
      'the server refused the credentials, or the user lacks a permission; the user needs to publish to the subjects of the messages and of the ledger and to the JetStream API of the stream, and to subscribe to inboxPrefix',
  },
  MR_SINK_NATS_FILES_UNUSABLE: {
    disposition: 'stop-engine',
    meaning:
      'the files named by the options tls, credentialsFile and nkeyFile cannot be read or do not match; the message contains the reason',
  },
  MR_SINK_NATS_STREAM_UNKNOWN: {
    disposition: 'stop-engine',
    meaning: 'the stream does not exist; correct the name and the domain, or create the stream',
  },
  MR_SINK_NATS_STREAM_UNFIT: {
    disposition: 'stop-engine',
    meaning:
      'the stream does not take the messages of the sink: its subjects lack the subject of the messages or of the ledger, or it has no atomic batches, which need a server from 2.12 on; change the stream as the message says, or set delivery to at-least-once',
  },
  MR_SINK_NATS_REFUSED: {
    disposition: 'fail-batch',
    meaning:
      'the stream refuses a message because of its size, although the sink has looked at the limit; the limit was lowered meanwhile',
  },
  MR_SINK_NATS_LEDGER: {
    disposition: 'stop-engine',
    meaning:
      'a message under ledgerSubject is none of a ledger; nothing else may be published under that subject, so correct the option or remove the message',
  },
  MR_SINK_NATS_FORGOTTEN: {
    disposition: 'fail-batch',
    meaning:
      'a batch is older than the ledger, so an earlier write of the batch cannot be detected; raise ledgerBatches, or choose another name for an application that starts over',
  },
  MR_SINK_NATS_FAILED: {
    disposition: 'retry',
    meaning: 'the server answered with another error; the message contains the words of the server',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type NatsSinkErrorCode = keyof typeof NATS_SINK_ERROR_CODES;

/** Makes an error of this package's table. */
export const natsSinkError = errorFactory(NATS_SINK_ERROR_CODES);
