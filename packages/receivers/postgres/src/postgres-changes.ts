// `postgresChanges`: the changes of tables, by logical replication. The type argument is the program's own claim about the rows;
// the type is not checked.
import { CONNECTION_SECRETS, placeOf } from '@millrace/connection-postgres';
import { type ConfiguredReceiver, defineReceiver, type ReceiverFactory } from '@millrace/core';
import type { PostgresChange } from './changes/change-record.ts';
import {
  type PostgresChangesInput,
  type PostgresChangesOptions,
  postgresChangesOptions,
} from './changes/changes-options.ts';
import { ChangesReceiver } from './changes/changes-receiver.ts';

/** Makes configured receivers. `R` is the expected type of rows; the type is not checked. */
export interface PostgresChangesFactory extends ReceiverFactory<unknown, PostgresChangesInput> {
  <R = Readonly<Record<string, unknown>>>(
    options: PostgresChangesInput,
  ): ConfiguredReceiver<PostgresChange<R>>;
}

/**
 * A receiver of the changes of the tables of a publication, in the order of commits, through a replication slot. The server
 * keeps its log until the changes are durable and registered; the engine keeps the position, so no change is lost or repeated.
 *
 * ```ts
 * const changes = ssc.receiverStream(
 *   postgresChanges<Order>({ host: 'localhost', slot: 'orders', publication: 'orders', create: true }),
 * );
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const postgresChanges = defineReceiver<unknown, PostgresChangesInput, PostgresChangesOptions>({
  name: 'postgres-changes',
  contract: 1,
  capabilities: {
    ack: 'cumulative',
    replayable: true,
    ordering: 'per-stream',
    pause: true,
    bounded: false,
    format: 'records',
    touches: ['network'],
  },
  options: postgresChangesOptions,
  secrets: CONNECTION_SECRETS,
  describe: (options) =>
    `changes of ${options.publication} by slot ${options.slot} in ${placeOf(options)}${options.tls === undefined ? '' : ' (TLS)'}`,
  create: (options) => new ChangesReceiver(options),
}) as PostgresChangesFactory;
