// Streams and subjects of a real server, behind a proxy, as the sources of the conformance kit.
import type { ReceiverTarget } from '@millrace/testing/conformance';
import {
  jetstreamRecords,
  type JetstreamRecordsInput,
  jetstreamStream,
  type JetstreamStreamInput,
  natsSubject,
  type NatsSubjectInput,
} from '../src/index.ts';
import type { NatsServer } from './nats-server.ts';

const POISON = '{"id": no number}';

/** The message of an id; its length is that of the id, so that a wrong record shows. */
function messageOf(id: number): string {
  return JSON.stringify({ id, text: 'x'.repeat(2_000 + (id % 50)) });
}

function idOf(record: unknown): number | undefined {
  const { id } = Object(record) as { readonly id?: unknown };
  return typeof id === 'number' ? id : undefined;
}

/** The part of every target that is the proxy. */
function behindProxy({ proxy }: NatsServer) {
  const received = proxy.receivedBytes;
  return {
    idOf,
    takenBytes: () => proxy.receivedBytes - received,
    disconnect: () => proxy.cut(),
    setReachable: (isReachable: boolean) => proxy.setReachable(isReachable),
    dispose: async () => {
      await proxy.setReachable(true);
      proxy.cut();
    },
  };
}

/** A stream read by a consumer. The server is asked for acknowledged messages: none before the first unacknowledged one. */
export async function recordsTarget(
  server: NatsServer,
  options: Partial<JetstreamRecordsInput> = {},
): Promise<ReceiverTarget<unknown>> {
  // A work queue removes every acknowledged message, so the stream has exactly the others.
  const stream = await server.stream({ retention: 'workqueue' });
  const written = new Map<number, number | undefined>();
  const write = async (ids: readonly (number | undefined)[]): Promise<void> => {
    for (const id of ids) written.set(written.size + 1, id);
    await server.write(
      `${stream}.a`,
      ids.map((id) => (id === undefined ? POISON : messageOf(id))),
    );
  };
  const { host, port } = server.proxy;
  return {
    ...behindProxy(server),
    receiver: jetstreamRecords({ host, port, stream, consumer: 'kit', create: true, ...options }),
    send: write,
    acknowledged: async () => {
      const kept = new Set(await server.sequences(stream));
      return [...written].flatMap(([sequence, id]) => (id === undefined || kept.has(sequence) ? [] : [id]));
    },
    sendPoison: () => write([undefined]),
  };
}

/** A stream read by sequence. */
export async function streamTarget(
  server: NatsServer,
  options: Partial<JetstreamStreamInput> = {},
): Promise<ReceiverTarget<unknown>> {
  const stream = await server.stream();
  const { host, port } = server.proxy;
  const write = (values: readonly string[]) => server.write(`${stream}.a`, values);
  return {
    ...behindProxy(server),
    receiver: jetstreamStream({ host, port, stream, ...options }),
    send: (ids) => write(ids.map(messageOf)),
    sendPoison: () => write([POISON]),
    forget: () => server.removeBefore(stream, 50),
  };
}

/** A subject of core NATS. */
export async function subjectTarget(
  server: NatsServer,
  options: Partial<NatsSubjectInput> = {},
): Promise<ReceiverTarget<unknown>> {
  const subject = `core.${crypto.randomUUID()}`;
  const { host, port } = server.proxy;
  const write = async (values: readonly string[]): Promise<void> => {
    for (const value of values) server.connection.publish(subject, value);
    await server.connection.flush();
  };
  return {
    ...behindProxy(server),
    receiver: natsSubject({ host, port, subjects: [subject], ...options }),
    send: (ids) => write(ids.map(messageOf)),
    sendPoison: () => write([POISON]),
  };
}
