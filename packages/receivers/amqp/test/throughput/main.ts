// CPU time per million messages beside the client library alone, on a real broker:
//   node --conditions=millrace:source packages/receivers/amqp/test/throughput/main.ts [messages] [runs]
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Broker } from '../broker.ts';

const messages = Number(process.argv[2] ?? 200_000);
const runs = Number(process.argv[3] ?? 3);

/** Milliseconds of CPU time per million messages of one program, before a queue of its own. */
async function cpuOf(broker: Broker, program: string, ...more: readonly string[]): Promise<number> {
  const queue = await broker.queue();
  await broker.fill(queue, messages, (index) =>
    JSON.stringify({ id: index, customer: `customer-${index % 97}`, amount: index % 13, currency: 'EUR' }),
  );
  const file = fileURLToPath(new URL(program, import.meta.url));
  const args = ['--conditions=millrace:source', file, ...more, String(broker.port), queue, String(messages)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  await broker.deleteQueue(queue);
  const { cpuMs } = JSON.parse(stdout) as { readonly cpuMs: number };
  return cpuMs * (1_000_000 / messages);
}

const broker = await Broker.start();
if (broker === undefined) throw new Error('RabbitMQ is not installed: run tools/servers/rabbitmq.sh install');
try {
  let [bare, engine] = [Infinity, Infinity];
  for (let run = 0; run < runs; run += 1) {
    bare = Math.min(bare, await cpuOf(broker, 'bare-client.ts', 'turn'));
    engine = Math.min(engine, await cpuOf(broker, 'engine.ts'));
  }
  process.stdout.write(
    `bare client ${Math.round(bare)} ms, engine ${Math.round(engine)} ms of CPU per million messages: ${(engine / bare).toFixed(2)} ×\n`,
  );
} finally {
  await broker.stop();
}
