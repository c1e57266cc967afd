// `kafkaGroup`: topics as a member of a consumer group. The type argument is the program's own claim about the values, as with
// `JSON.parse`; the type is not checked.
import { bootstrapBrokers, CONNECTION_SECRETS } from '@millrace/connection-kafka';
import { type ConfiguredReceiver, defineReceiver, type ReceiverFactory } from '@millrace/core';
import { type KafkaGroupInput, kafkaGroupOptions, RECORDS_IN_FLIGHT_MAX } from './group/group-options.ts';
import { GroupReceiver } from './group/group-receiver.ts';

/** Makes configured receivers. `T` is the expected type of records; the type is not checked. */
export interface KafkaGroupFactory extends ReceiverFactory<unknown, KafkaGroupInput> {
  <T = unknown>(options: KafkaGroupInput): ConfiguredReceiver<T>;
}

/**
 * A receiver that reads topics as a member of a consumer group. The members of a group, in this program and elsewhere, share
 * the partitions; Kafka keeps how far the group is. An offset is committed once every record before is durable (REC-1), so a
 * record is never lost, and may come again after a failure or when partitions move: at least once.
 *
 * ```ts
 * const orders = ssc.receiverStream(kafkaGroup<Order>({ host: 'localhost', group: 'billing', topics: ['orders'] }));
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const kafkaGroup = defineReceiver({
  name: 'kafka-group',
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
  options: kafkaGroupOptions,
  secrets: CONNECTION_SECRETS,
  describe: (options) =>
    `kafka group ${options.group} of ${options.topics.join(', ')} at ${bootstrapBrokers(options)[0]}${options.tls === undefined ? '' : ' (TLS)'}`,
  create: (options) => new GroupReceiver(options),
}) as KafkaGroupFactory;
