// `jetstreamRecords`: a stream by a pull consumer. The type argument is the program's own claim about the values, as with
// `JSON.parse`; the type is not checked.
import { CONNECTION_SECRETS, describeServer } from '@millrace/connection-nats';
import { type ConfiguredReceiver, defineReceiver, type ReceiverFactory } from '@millrace/core';
import {
  type JetstreamRecordsInput,
  jetstreamRecordsOptions,
  RECORDS_IN_FLIGHT_MAX,
} from './records/records-options.ts';
import { RecordsReceiver } from './records/records-receiver.ts';

/** Makes configured receivers. `T` is the expected type of records; the type is not checked. */
export interface JetstreamRecordsFactory extends ReceiverFactory<unknown, JetstreamRecordsInput> {
  <T = unknown>(options: JetstreamRecordsInput): ConfiguredReceiver<T>;
}

/**
 * A receiver of a JetStream stream by a durable pull consumer, which may be shared. The server keeps which messages are
 * acknowledged; a message is acknowledged once its record is durable (REC-1), so a record is never lost, and may come again
 * after a failure: at least once.
 *
 * ```ts
 * const orders = ssc.receiverStream(jetstreamRecords<Order>({ host: 'localhost', stream: 'ORDERS', consumer: 'billing' }));
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const jetstreamRecords = defineReceiver({
  name: 'jetstream-records',
  contract: 1,
  capabilities: {
    ack: 'individual',
    replayable: false,
    ordering: 'none',
    pause: true,
    bounded: false,
    format: 'records',
    touches: ['network'],
    maxInFlight: RECORDS_IN_FLIGHT_MAX,
  },
  options: jetstreamRecordsOptions,
  secrets: CONNECTION_SECRETS,
  describe: (options) =>
    `jetstream consumer ${options.consumer} of ${options.stream} at ${describeServer(options)}`,
  create: (options) => new RecordsReceiver(options),
}) as JetstreamRecordsFactory;
