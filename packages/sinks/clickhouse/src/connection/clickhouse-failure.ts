// Errors of the server and of the client library in the codes of this package, by the number of the exception.
// https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp
import { ClickHouseError } from '@clickhouse/client';
import { isMillraceError, type MillraceError } from '@millrace/core';
import { failureText } from '@millrace/core/engine';
import { clickhouseSinkError, type ClickhouseSinkErrorCode } from '../clickhouse-sink-errors.ts';
import { addressOf, type ClickhouseConnectionOptions, placeOf } from './connection-options.ts';

const BY_NUMBER: readonly (readonly [ClickhouseSinkErrorCode, readonly number[]])[] = [
  // UNKNOWN_USER, WRONG_PASSWORD, REQUIRED_PASSWORD, ACCESS_DENIED, AUTHENTICATION_FAILED
  ['MR_SINK_CLICKHOUSE_DENIED', [192, 193, 194, 497, 516]],
  // NOT_FOUND_COLUMN, NO_SUCH_COLUMN, UNKNOWN_IDENTIFIER, UNKNOWN_TYPE, UNKNOWN_TABLE, SYNTAX_ERROR, UNKNOWN_DATABASE
  ['MR_SINK_CLICKHOUSE_SCHEMA', [10, 16, 47, 50, 60, 62, 81]],
  // TIMEOUT_EXCEEDED, TOO_MANY_SIMULTANEOUS_QUERIES, TOO_MANY_PARTS, UNSATISFIED_QUORUM, TOO_FEW_LIVE_REPLICAS,
  // UNKNOWN_STATUS_OF_INSERT, KEEPER_EXCEPTION
  ['MR_SINK_CLICKHOUSE_BUSY', [159, 202, 252, 285, 286, 319, 999]],
  ['MR_SINK_CLICKHOUSE_UNREACHABLE', [209, 210]], // SOCKET_TIMEOUT, NETWORK_ERROR
  ['MR_SINK_CLICKHOUSE_READ_ONLY', [164, 242]], // READONLY, TABLE_IS_READ_ONLY
  ['MR_SINK_CLICKHOUSE_FULL', [241, 243, 307]], // MEMORY_LIMIT_EXCEEDED, NOT_ENOUGH_SPACE, TOO_MANY_BYTES
  // Texts that cannot be parsed as their types, INCORRECT_DATA, types that do not match, values out of range,
  // VIOLATED_CONSTRAINT
  [
    'MR_SINK_CLICKHOUSE_VALUE',
    [
      6, 25, 26, 27, 32, 33, 36, 38, 41, 53, 69, 70, 72, 117, 131, 190, 321, 349, 376, 407, 441, 469, 641,
      675, 676,
    ],
  ],
];

const CODES: ReadonlyMap<string, ClickhouseSinkErrorCode> = new Map(
  BY_NUMBER.flatMap(([code, numbers]) => numbers.map((number) => [String(number), code] as const)),
);

/** The failed action, for the message and the details. */
export interface ClickhouseAction {
  /** A verb with its object, for instance `insert 5 rows into table "t"`. */
  readonly what: string;
  readonly options: ClickhouseConnectionOptions;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The error of this package for any error; an error that has a code already stays unchanged. */
export function clickhouseFailure(
  error: unknown,
  { what, options, details }: ClickhouseAction,
): MillraceError {
  if (isMillraceError(error)) return error;
  const number = error instanceof ClickHouseError ? error.code : undefined;
  const { password } = addressOf(options);
  const secrets = [password, options.password, options.url, options.tls?.passphrase];
  const reason = `${failureText(error, secrets)}${number === undefined ? '' : ` (code ${number} of ClickHouse)`}`;
  const code =
    number === undefined
      ? 'MR_SINK_CLICKHOUSE_UNREACHABLE'
      : (CODES.get(number) ?? 'MR_SINK_CLICKHOUSE_FAILED');
  return clickhouseSinkError(code, `could not ${what} in ${placeOf(options)}: ${reason}`, {
    details: { ...details, ...(number === undefined ? {} : { number: Number(number) }) },
  });
}
