// The client library alone: reads a stream from its beginning and parses every value; in a group it acknowledges after every
// thousand entries. Arguments: `range` (no acknowledgements) or `group`, port, stream, number of entries. Prints CPU milliseconds,
// with those of connecting.
import { createClient } from '@redis/client';
import { settled } from './settled.ts';

const [kind = '', port = '', stream = '', count = ''] = process.argv.slice(2);
const COUNT = 1_000;
const GROUP = `bare-${process.pid}`;
await settled();
const before = process.cpuUsage();
const client = createClient({
  socket: { host: '127.0.0.1', port: Number(port), reconnectStrategy: false },
  RESP: 2,
});
await client.connect();
if (kind === 'group') await client.xGroupCreate(stream, GROUP, '0');
let last = '0-0';
let seen = 0;
let sum = 0;
while (seen < Number(count)) {
  const found =
    kind === 'group'
      ? await client.xReadGroup(GROUP, 'bare', { key: stream, id: '>' }, { COUNT })
      : await client.xRead({ key: stream, id: last }, { COUNT });
  const [{ messages }] = found as unknown as [
    { readonly messages: readonly { readonly id: string; readonly message: Record<string, string> }[] },
  ];
  for (const { message } of messages) {
    const { amount } = JSON.parse(message['value'] ?? '') as { readonly amount: number };
    sum += amount;
    seen += 1;
  }
  last = messages.at(-1)?.id ?? last;
  if (kind === 'group')
    await client.xAck(
      stream,
      GROUP,
      messages.map(({ id }) => id),
    );
}
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1_000, seen, sum })}\n`);
process.exit(0);
