// CPU time per million records beside the client library alone, on a real broker:
//   node --conditions=millrace:source packages/receivers/kafka/test/throughput/main.ts [records] [runs]
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Broker } from '../broker.ts';

const records = Number(process.argv[2] ?? 1_000_000);
const runs = Number(process.argv[3] ?? 3);
const MESSAGES_AT_ONCE = 5_000;

interface Run {
  readonly cpuMs: number;
  readonly sum: number;
}

async function run(program: string, args: readonly string[]): Promise<Run> {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const command = ['--conditions=millrace:source', file, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  return JSON.parse(stdout) as Run;
}

const broker = await Broker.start(0);
if (broker === undefined) throw new Error('Kafka is not installed: run tools/servers/kafka.sh install');
try {
  const topic = await broker.topic();
  for (let sent = 0; sent < records; sent += MESSAGES_AT_ONCE) {
    const count = Math.min(MESSAGES_AT_ONCE, records - sent);
    const messages = Array.from({ length: count }, (_, index) => ({
      value: JSON.stringify({
        id: sent + index,
        customer: `customer-${index % 97}`,
        amount: index % 13,
        currency: 'EUR',
      }),
    }));
    await broker.writeAtOnce(topic, messages);
  }
  for (const kind of ['partition', 'group']) {
    const args = [kind, String(broker.kafka.port), topic, String(records)];
    const perMillion: Record<string, number[]> = { 'bare-client.ts': [], 'engine.ts': [] };
    for (let count = 0; count < runs; count += 1) {
      for (const [program, found] of Object.entries(perMillion)) {
        const { cpuMs } = await run(program, args);
        found.push((cpuMs / records) * 1_000_000);
      }
    }
    const [bare = 0, engine = 0] = Object.values(perMillion).map((all) => Math.min(...all));
    process.stdout.write(
      `${kind}: bare client ${Math.round(bare)} ms, engine ${Math.round(engine)} ms of CPU per million records: ${(engine / bare).toFixed(2)} ×\n`,
    );
  }
} finally {
  await broker.stop();
}
