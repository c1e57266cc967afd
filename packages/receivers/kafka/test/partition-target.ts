// A topic of a real broker, behind a proxy, as the source of `kafkaPartition` in the conformance kit.
import type { ReceiverTarget } from '@millrace/testing/conformance';
import { kafkaPartition, type KafkaPartitionInput } from '../src/index.ts';
import type { Broker } from './broker.ts';

/** Makes the test source of one check. The record of an id has a length of its own. */
export async function partitionTarget(
  broker: Broker,
  options: Partial<KafkaPartitionInput> = {},
): Promise<ReceiverTarget<unknown>> {
  const [proxy] = broker.kafka.proxies;
  if (proxy === undefined) throw new Error('expected a broker with a proxy');
  const topic = await broker.topic(2);
  const received = proxy.receivedBytes;
  return {
    receiver: kafkaPartition({ host: proxy.host, port: proxy.port, topic, partition: 1, ...options }),
    send: (ids) =>
      broker.write(
        topic,
        ids.map((id) => ({
          value: JSON.stringify({ id, text: 'x'.repeat(2_000 + (id % 50)) }),
          partition: 1,
        })),
      ),
    idOf: (record) => {
      const { id } = Object(record) as { readonly id?: unknown };
      return typeof id === 'number' ? id : undefined;
    },
    takenBytes: () => proxy.receivedBytes - received,
    disconnect: () => proxy.cut(),
    setReachable: (isReachable) => proxy.setReachable(isReachable),
    sendPoison: () => broker.write(topic, [{ value: '{"id": no number}', partition: 1 }]),
    forget: () => broker.removeBefore(topic, 50, 1),
    dispose: async () => {
      await proxy.setReachable(true);
      proxy.cut();
    },
  };
}
