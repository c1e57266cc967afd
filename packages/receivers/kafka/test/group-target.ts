// A topic of a real broker, behind a proxy, as the source of `kafkaGroup` in the conformance kit. The broker is asked for the
// committed offsets.
import type { ReceiverTarget } from '@millrace/testing/conformance';
import { kafkaGroup, type KafkaGroupInput } from '../src/index.ts';
import type { Broker } from './broker.ts';

const PARTITIONS = 2;

/** Makes the test source of one check. */
export async function groupTarget(
  broker: Broker,
  options: Partial<KafkaGroupInput> = {},
): Promise<ReceiverTarget<unknown>> {
  const [proxy] = broker.kafka.proxies;
  if (proxy === undefined) throw new Error('expected a broker with a proxy');
  const topic = await broker.topic(PARTITIONS);
  const received = proxy.receivedBytes;
  /** The ids in each partition, in the order of offsets; undefined for poison. */
  const written: (number | undefined)[][] = Array.from({ length: PARTITIONS }, () => []);
  const write = async (ids: readonly (number | undefined)[]): Promise<void> => {
    const messages = ids.map((id) => {
      const partition = (id ?? 0) % PARTITIONS;
      written[partition]?.push(id);
      const value = id === undefined ? '{"id": no number}' : JSON.stringify({ id, text: 'x'.repeat(2_000) });
      return { value, partition };
    });
    await broker.write(topic, messages);
  };
  return {
    receiver: kafkaGroup({ host: proxy.host, port: proxy.port, topics: [topic], group: topic, ...options }),
    send: write,
    idOf: (record) => {
      const { id } = Object(record) as { readonly id?: unknown };
      return typeof id === 'number' ? id : undefined;
    },
    acknowledged: async () => {
      const committed = await broker.committed(topic, topic, PARTITIONS);
      return written.flatMap((ids, partition) =>
        ids.slice(0, Math.max(0, committed[partition] ?? 0)).filter((id) => id !== undefined),
      );
    },
    takenBytes: () => proxy.receivedBytes - received,
    disconnect: () => proxy.cut(),
    setReachable: (isReachable) => proxy.setReachable(isReachable),
    sendPoison: () => write([undefined]),
    dispose: async () => {
      await proxy.setReachable(true);
      proxy.cut();
    },
  };
}
