// `postgresRows`: the rows of a table that grows. The type argument is the program's own claim about the rows; the type is not
// checked.
import { CONNECTION_SECRETS, placeOf } from '@millrace/connection-postgres';
import { type ConfiguredReceiver, defineReceiver, type ReceiverFactory } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import {
  type PostgresRowsInput,
  type PostgresRowsOptions,
  postgresRowsOptions,
} from './rows/rows-options.ts';
import { rowsRange } from './rows/rows-range.ts';
import { RowsReceiver } from './rows/rows-receiver.ts';

/** Makes configured receivers. `T` is the expected type of records; the type is not checked. */
export interface PostgresRowsFactory extends ReceiverFactory<unknown, PostgresRowsInput> {
  <T = unknown>(options: PostgresRowsInput): ConfiguredReceiver<T>;
}

const definition = {
  name: 'postgres-rows',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: true,
    ordering: 'per-stream',
    pause: true,
    bounded: false,
    format: 'records',
    touches: ['network'],
  },
  options: postgresRowsOptions,
  secrets: CONNECTION_SECRETS,
  describe: (options: PostgresRowsOptions) =>
    `rows of ${options.schema}.${options.table} in ${placeOf(options)}${options.tls === undefined ? '' : ' (TLS)'}`,
  create: (options: PostgresRowsOptions) => new RowsReceiver(options),
} as const;

const withRanges = defineReceiver({ ...definition, readRange: rowsRange });
const withoutRanges = defineReceiver(definition);

/**
 * A receiver of the rows of a table that only grows, in the order of (transaction, key), woken by a notification. The engine
 * keeps the position, and goes on behind the last registered row after any failure, without a lost or repeated row.
 *
 * ```ts
 * const orders = ssc.receiverStream(
 *   postgresRows<Order>({ host: 'localhost', table: 'orders', key: 'id', transaction: 'txid', channel: 'orders' }),
 * );
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const postgresRows: PostgresRowsFactory = Object.freeze(
  Object.assign(
    <T = unknown>(input: PostgresRowsInput): ConfiguredReceiver<T> => {
      const { options: schema, secrets } = definition;
      const { options } = validateOptions({ owner: `receiver ${definition.name}`, schema, secrets, input });
      return (options.ranges ? withRanges(options) : withoutRanges(options)) as ConfiguredReceiver<T>;
    },
    { receiverName: withRanges.receiverName, capabilities: withRanges.capabilities },
  ),
);
