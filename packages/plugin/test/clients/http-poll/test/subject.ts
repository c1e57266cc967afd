// The receiver and its source for the conformance kit: an HTTP API on this machine, behind a proxy with faults.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TcpProxy } from '@millrace/testing';
import type { ReceiverSubject, ReceiverTarget } from '@millrace/testing/conformance';
import { httpPoll, httpPollOptions, type HttpPollRecord } from '../src/index.ts';

/** An API that answers with the records behind an id; `undefined` stands for a record without an id. */
async function createTarget(): Promise<ReceiverTarget<HttpPollRecord>> {
  const records: (number | undefined)[] = [];
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const begin = records.lastIndexOf(Number(searchParams.get('after'))) + 1;
    const found = records.slice(begin, begin + Number(searchParams.get('limit')));
    const answer = found.every((id) => id === undefined) ? [] : found;
    response.setHeader('Content-Type', 'application/json');
    response.end(
      JSON.stringify(answer.map((id) => (id === undefined ? { value: 'odd' } : { id, value: id / 2 }))),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await TcpProxy.start({ port: (server.address() as AddressInfo).port });
  return {
    receiver: httpPoll({ url: `http://${proxy.host}:${proxy.port}/records`, limit: 7, pollMs: 100 }),
    send: (ids) => void records.push(...ids),
    idOf: ({ id }) => id,
    sendPoison: () => void records.push(undefined),
    disconnect: () => proxy.cut(),
    setReachable: (isReachable) => proxy.setReachable(isReachable),
    dispose: async () => {
      await proxy.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The subject of the kit. */
export function subject(module: string): ReceiverSubject<HttpPollRecord> {
  return {
    name: 'httpPoll',
    module,
    capabilities: httpPoll.capabilities,
    create: createTarget,
    options: {
      schema: httpPollOptions,
      published: [{ input: { url: 'http://localhost/' }, output: { limit: 100, pollMs: 1_000 } }],
    },
  };
}
