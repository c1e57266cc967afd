// The client library alone: reads the messages of a server and parses every value. Arguments: port, number of messages. Prints CPU
// milliseconds.
import { WebSocket } from 'ws';

const [port = '', count = ''] = process.argv.slice(2);
const before = process.cpuUsage();
let seen = 0;
let sum = 0;
const client = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false });
client.on('message', (data: Buffer) => {
  sum += (JSON.parse(data.toString()) as { readonly amount: number }).amount;
  seen += 1;
  if (seen < Number(count)) return;
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1_000, seen, sum })}\n`);
  process.exit(0);
});
