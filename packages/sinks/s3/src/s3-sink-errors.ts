// The codes of this package. Each meaning names the remedy, and the disposition defines the engine's reaction: an absent or busy
// store is waited for, a failure that needs a human stops.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/sink-s3 with its meaning. */
export const S3_SINK_ERROR_CODES = {
  MR_SINK_S3_UNREACHABLE: {
    disposition: 'back-off',
    meaning:
      'the store did not answer, or the connection broke; the write is tried again with growing delays, and an object that was stored without an answer is recognised',
  },
  MR_SINK_S3_BUSY: {
    disposition: 'back-off',
    meaning:
      'the store asked for fewer requests or failed by itself (429 and statuses from 500 on); the write is tried again with growing delays',
  },
  MR_SINK_S3_DENIED: {
    disposition: 'stop-engine',
    meaning:
      'the store refused the credentials or the permission, or there are no credentials; the key needs GetObject and PutObject on the prefix and ListBucket on the bucket',
  },
  MR_SINK_S3_NO_BUCKET: {
    disposition: 'stop-engine',
    meaning: 'the bucket does not exist, or is in another region; make the bucket, or correct the options',
  },
  MR_SINK_S3_TLS_UNUSABLE: {
    disposition: 'stop-engine',
    meaning:
      'the files named by the option tls cannot be read or do not match; the message contains the reason',
  },
  MR_SINK_S3_FAILED: {
    disposition: 'retry',
    meaning: 'the store answered with another error; the message contains its name',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type S3SinkErrorCode = keyof typeof S3_SINK_ERROR_CODES;

/** Makes an error of this package's table. */
export const s3SinkError = errorFactory(S3_SINK_ERROR_CODES);
