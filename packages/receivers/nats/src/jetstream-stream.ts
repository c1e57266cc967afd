// `jetstreamStream`: a stream by sequence. The type argument is the program's own claim about the values, as with `JSON.parse`;
// the type is not checked.
import { CONNECTION_SECRETS, describeServer } from '@millrace/connection-nats';
import { type ConfiguredReceiver, defineReceiver, type ReceiverFactory } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import {
  type JetstreamStreamInput,
  type JetstreamStreamOptions,
  jetstreamStreamOptions,
} from './stream/stream-options.ts';
import { streamRange } from './stream/stream-range.ts';
import { StreamReceiver } from './stream/stream-receiver.ts';

/** Makes configured receivers. `T` is the expected type of records; the type is not checked. */
export interface JetstreamStreamFactory extends ReceiverFactory<unknown, JetstreamStreamInput> {
  <T = unknown>(options: JetstreamStreamInput): ConfiguredReceiver<T>;
}

const definition = {
  name: 'jetstream-stream',
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
  options: jetstreamStreamOptions,
  secrets: CONNECTION_SECRETS,
  describe: (options: JetstreamStreamOptions) =>
    `jetstream ${options.stream}${options.subjects === undefined ? '' : ` (${options.subjects.join(', ')})`} at ${describeServer(options)}`,
  create: (options: JetstreamStreamOptions) => new StreamReceiver(options),
} as const;

const withRanges = defineReceiver({ ...definition, readRange: streamRange });
const withoutRanges = defineReceiver(definition);

/**
 * A receiver of a JetStream stream by sequence. Nothing is acknowledged: the engine keeps the position, and goes on behind the
 * last registered record after any failure, without a lost or repeated record.
 *
 * ```ts
 * const orders = ssc.receiverStream(jetstreamStream<Order>({ host: 'localhost', stream: 'ORDERS' }));
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const jetstreamStream: JetstreamStreamFactory = Object.freeze(
  Object.assign(
    <T = unknown>(input: JetstreamStreamInput): ConfiguredReceiver<T> => {
      const { options: schema, secrets } = definition;
      const { options } = validateOptions({ owner: `receiver ${definition.name}`, schema, secrets, input });
      return (options.ranges ? withRanges(options) : withoutRanges(options)) as ConfiguredReceiver<T>;
    },
    { receiverName: withRanges.receiverName, capabilities: withRanges.capabilities },
  ),
);
