// The options of `s3Sink`.
import type { FileFormat } from '@millrace/core';
import {
  CLIENT_TLS_RULE,
  type ClientTlsOptions,
  filledText,
  flag,
  type Mismatch,
  option,
  type OptionTable,
  required,
  schemaByTable,
  wholeNumberWithin,
} from '@millrace/core/engine';

/** The options with every default filled in. */
export interface S3SinkOptions {
  /** The bucket of the objects, which has to exist. */
  readonly bucket: string;
  /** The beginning of every key, for instance `orders/`. */
  readonly prefix: string;
  /** The end of every key. Default: `.ndjson`, `.txt` or that of the given format, according to `format`. */
  readonly suffix?: string | undefined;
  /**
   * One line a record: JSON, or the record itself (a text); or a format of files, for instance `parquetFormat` of
   * `@millrace/sink-files`.
   */
  readonly format: 'ndjson' | 'text' | FileFormat;
  /** The address of the store, `http://…` or `https://…`, without a path. Default: Amazon S3 in the region. */
  readonly endpoint?: string | undefined;
  /** The region of the bucket. */
  readonly region: string;
  /** The name of the key. Default: the credentials of the environment, as the SDK of AWS finds them. */
  readonly accessKeyId?: string | undefined;
  /** The secret of the key. Secret. Default: none. */
  readonly secretAccessKey?: string | undefined;
  /** The token of temporary credentials. Secret. Default: none. */
  readonly sessionToken?: string | undefined;
  /** True: the bucket is in the path of requests, not in the name of the host. Default: true with `endpoint`. */
  readonly forcePathStyle?: boolean | undefined;
  /** TLS; `{}` trusts the certificates that Node trusts. Default: by the scheme of `endpoint`. */
  readonly tls?: ClientTlsOptions | undefined;
  /** The size of a part of an upload, in bytes; memory holds one part. A smaller object is one request. */
  readonly partBytes: number;
  /** The largest number of attempts of the SDK at one request. */
  readonly attempts: number;
  /** The longest time for one request and its answer, in milliseconds. */
  readonly requestTimeoutMs: number;
}

/** The options as an application writes them. */
export type S3SinkInput = Pick<S3SinkOptions, 'bucket'> & Partial<S3SinkOptions>;

/** Options whose values are never printed. */
export const S3_SINK_SECRETS = ['secretAccessKey', 'sessionToken', 'passphrase'] as const;

const MEBIBYTE = 1_048_576;
const PREFIX_CHARACTERS_MAX = 512;

/** The rules of the options. */
export const S3_SINK_RULES: OptionTable<S3SinkOptions> = {
  bucket: required(
    option(
      'the name of a bucket',
      (value) => typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(value),
    ),
  ),
  prefix: option(
    `at most ${PREFIX_CHARACTERS_MAX} letters, digits and characters of -_.=/!, no part . or .., not beginning with /`,
    isPrefix,
    '',
  ),
  suffix: option('at most 64 letters, digits, ".", "_" and "-", other than .gz', isSuffix),
  format: option("'ndjson', 'text' or a format of files", isFormat, 'ndjson'),
  endpoint: option('a URL of the form http://host:port or https://host:port', isEndpoint),
  region: filledText('the name of a region', 'us-east-1'),
  accessKeyId: filledText('a name'),
  secretAccessKey: filledText('a text'),
  sessionToken: filledText('a text'),
  forcePathStyle: flag(),
  tls: CLIENT_TLS_RULE,
  partBytes: wholeNumberWithin(5 * MEBIBYTE, 256 * MEBIBYTE, 8 * MEBIBYTE),
  attempts: wholeNumberWithin(1, 100, 3),
  requestTimeoutMs: wholeNumberWithin(1, 3_600_000, 60_000),
};

/** Describes the options of `s3Sink`. */
export const s3SinkOptions = schemaByTable<S3SinkInput, S3SinkOptions>(S3_SINK_RULES, mismatches);

function mismatches(options: S3SinkOptions): readonly Mismatch<S3SinkOptions>[] {
  const { accessKeyId, secretAccessKey, sessionToken, endpoint, tls } = options;
  const found: Mismatch<S3SinkOptions>[] = [];
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    found.push({ name: 'accessKeyId', expected: 'accessKeyId and secretAccessKey together, or neither' });
  if (sessionToken !== undefined && accessKeyId === undefined)
    found.push({ name: 'sessionToken', expected: 'accessKeyId and secretAccessKey beside sessionToken' });
  if (tls !== undefined && endpoint?.startsWith('http:') === true)
    found.push({ name: 'tls', expected: 'no tls beside an endpoint of http://' });
  return found;
}

function isFormat(value: unknown): boolean {
  if (value === 'ndjson' || value === 'text') return true;
  if (typeof value !== 'object' || value === null) return false;
  const { suffix, contentType, encode } = value as Partial<Record<keyof FileFormat, unknown>>;
  return isSuffix(suffix) && typeof contentType === 'string' && typeof encode === 'function';
}

function isSuffix(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9._-]{0,64}$/.test(value) && !/\.gz$/i.test(value);
}

/** Parts of a key that are `.` or `..` would be other keys at stores over directories. */
function isPrefix(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    value.length <= PREFIX_CHARACTERS_MAX &&
    /^(?:[A-Za-z0-9_.=!-]+\/?)*$/.test(value) &&
    !value.split('/').some((part) => part === '.' || part === '..')
  );
}

function isEndpoint(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, hostname, pathname, search, hash, username, password } = new URL(value);
  const isBare = pathname === '/' && [search, hash, username, password].every((part) => part === '');
  return (protocol === 'http:' || protocol === 'https:') && hostname !== '' && isBare;
}
