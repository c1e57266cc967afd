import { receiverConformance } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { webSocketMessages, webSocketOptions } from '../src/index.ts';
import { MessageServer } from './message-server.ts';
import { PUBLISHED_OPTIONS } from './published-options.ts';

const SECRET = 'correct-horse';

/** The record of an id has a length of its own. */
const messageOf = (id: number): string => JSON.stringify({ id, text: 'x'.repeat(200 + (id % 50)) });

receiverConformance(
  { describe, it },
  {
    name: 'webSocketMessages',
    module: import.meta.url,
    capabilities: webSocketMessages.capabilities,
    timeoutMs: 90_000,
    secrets: [SECRET],
    options: { schema: webSocketOptions, published: PUBLISHED_OPTIONS },
    create: async () => {
      const server = await MessageServer.start();
      return {
        receiver: webSocketMessages({
          url: `${server.url}?token=${SECRET}`,
          headers: { Authorization: `Bearer ${SECRET}` },
          onMalformed: 'skip',
        }),
        send: (ids) => server.send(ids.map(messageOf)),
        idOf: (record) => {
          const { id } = Object(record) as { readonly id?: unknown };
          return typeof id === 'number' ? id : undefined;
        },
        takenBytes: () => server.proxy.receivedBytes,
        disconnect: () => server.proxy.cut(),
        setReachable: (isReachable) => server.proxy.setReachable(isReachable),
        sendPoison: () => server.send(['{"id": no number}']),
        dispose: () => server.stop(),
      };
    },
  },
);
