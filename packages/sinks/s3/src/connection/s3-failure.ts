// Errors of the store and of the SDK in the codes of this package.
import { S3ServiceException } from '@aws-sdk/client-s3';
import { isMillraceError, type MillraceError } from '@millrace/core';
import { failureText, propertyOf } from '@millrace/core/engine';
import type { S3SinkOptions } from '../s3-sink.options.ts';
import { s3SinkError, type S3SinkErrorCode } from '../s3-sink-errors.ts';

/** The failed action, for the message and the details. */
export interface S3Action {
  /** A verb with its object, for instance `write partition 3`. */
  readonly what: string;
  readonly options: S3SinkOptions;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** `bucket/prefix at endpoint`. */
export function placeOf({ bucket, prefix, endpoint, region }: S3SinkOptions): string {
  return `${bucket}/${prefix} at ${endpoint ?? `Amazon S3, ${region}`}`;
}

/** The error of this package for any error; an error that has a code already stays unchanged. */
export function s3Failure(error: unknown, { what, options, details }: S3Action): MillraceError {
  if (isMillraceError(error)) return error;
  const name = error instanceof Error ? error.name : undefined;
  const status = statusOf(error);
  const secrets = [options.secretAccessKey, options.sessionToken, options.tls?.passphrase];
  const reason = `${failureText(error, secrets)}${name === undefined ? '' : ` (${name})`}`;
  return s3SinkError(codeOf(name, status), `could not ${what} in ${placeOf(options)}: ${reason}`, {
    details: { ...details, ...(status === undefined ? {} : { status }) },
  });
}

/** The status of the answer; undefined for an error that is not of the store. */
export function statusOf(error: unknown): number | undefined {
  const status = propertyOf(propertyOf(error, '$metadata'), 'httpStatusCode');
  return error instanceof S3ServiceException && typeof status === 'number' ? status : undefined;
}

function codeOf(name: string | undefined, status: number | undefined): S3SinkErrorCode {
  if (name === 'CredentialsProviderError') return 'MR_SINK_S3_DENIED';
  if (status === undefined) return 'MR_SINK_S3_UNREACHABLE';
  if (status === 401 || status === 403) return 'MR_SINK_S3_DENIED';
  if (status === 301 || status === 307 || status === 404) return 'MR_SINK_S3_NO_BUCKET';
  return status === 429 || status >= 500 ? 'MR_SINK_S3_BUSY' : 'MR_SINK_S3_FAILED';
}
