// The client library alone: reads the waiting messages of a session, parses every value and lets the library acknowledge each.
// Arguments: port, name of topics and session, number of messages. Prints CPU milliseconds.
import { connect } from 'mqtt';

const [port = '', name = '', count = ''] = process.argv.slice(2);
let before: NodeJS.CpuUsage | undefined;
let seen = 0;
let sum = 0;
const client = connect(`mqtt://127.0.0.1:${port}`, {
  protocolVersion: 5,
  clientId: name,
  clean: false,
  properties: { sessionExpiryInterval: 86_400, receiveMaximum: 5_000 },
});
client.on('message', (_, payload) => {
  before ??= process.cpuUsage();
  const { amount } = JSON.parse(payload.toString()) as { readonly amount: number };
  sum += amount;
  seen += 1;
  if (seen < Number(count)) return;
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1_000, seen, sum })}\n`);
  process.exit(0);
});
