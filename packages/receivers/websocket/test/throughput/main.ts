// CPU time per million messages beside the client library alone, on a server in this process; the faster of some runs:
//   node --conditions=millrace:source packages/receivers/websocket/test/throughput/main.ts [messages] [runs]
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { WaitingServer } from '../waiting-messages.ts';

const messages = Number(process.argv[2] ?? 500_000);
const runs = Number(process.argv[3] ?? 3);
const server = await WaitingServer.start({
  count: messages,
  messageOf: (index) =>
    JSON.stringify({ id: index, customer: `customer-${index % 97}`, amount: index % 13, currency: 'EUR' }),
});

/** Milliseconds of CPU time per million messages of one program. */
async function cpuOf(program: string): Promise<number> {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const args = ['--conditions=millrace:source', file, String(server.port), String(messages)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { cpuMs } = JSON.parse(stdout) as { readonly cpuMs: number };
  return cpuMs * (1_000_000 / messages);
}

let [bare, engine] = [Infinity, Infinity];
for (let run = 0; run < runs; run += 1) {
  bare = Math.min(bare, await cpuOf('bare-client.ts'));
  engine = Math.min(engine, await cpuOf('engine.ts'));
}
server.stop();
process.stdout.write(
  `bare client ${Math.round(bare)} ms, engine ${Math.round(engine)} ms of CPU per million messages: ${(engine / bare).toFixed(2)} ×\n`,
);
