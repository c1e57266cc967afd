// A queue of a real broker, behind a proxy, as the source of the conformance kit.
import type { ReceiverTarget } from '@millrace/testing/conformance';
import { amqpQueue, type AmqpQueueInput } from '../src/index.ts';
import type { Broker } from './broker.ts';

/** Makes the test source of one check. */
export async function queueTarget(
  broker: Broker,
  options: Partial<AmqpQueueInput> = {},
): Promise<ReceiverTarget<unknown>> {
  const { proxy } = broker;
  const queue = await broker.queue();
  const received = proxy.receivedBytes;
  return {
    receiver: amqpQueue({ host: proxy.host, port: proxy.port, queue, ...options }),
    send: (ids) => broker.publishIds(queue, ids, { text: 'x'.repeat(2_000) }),
    idOf: (record) => {
      const { id } = Object(record) as { readonly id?: unknown };
      return typeof id === 'number' ? id : undefined;
    },
    acknowledged: () => broker.acknowledged(queue),
    takenBytes: () => proxy.receivedBytes - received,
    disconnect: () => proxy.cut(),
    setReachable: (isReachable) => proxy.setReachable(isReachable),
    sendPoison: () => broker.publishIds(queue, [undefined]),
    dispose: async () => {
      await proxy.setReachable(true);
      proxy.cut();
      await broker.deleteQueue(queue);
    },
  };
}
