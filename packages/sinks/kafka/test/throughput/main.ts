// CPU time per million records beside the client library alone, on a real broker:
//   node --conditions=millrace:source packages/sinks/kafka/test/throughput/main.ts [records] [runs]
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Broker } from '../broker.ts';

const records = Number(process.argv[2] ?? 1_000_000);
const runs = Number(process.argv[3] ?? 3);

const broker = await Broker.start();
if (broker === undefined) throw new Error('Kafka is not installed: run tools/servers/kafka.sh install');
try {
  for (const kind of ['transactions', 'plain'] as const) {
    const fastest = { bare: Infinity, sink: Infinity };
    for (let run = 0; run < runs; run += 1) {
      for (const program of ['bare', 'sink'] as const) {
        const topic = await broker.topic(3);
        const file = fileURLToPath(new URL(`${program}.ts`, import.meta.url));
        const args = ['--conditions=millrace:source', file, kind, broker.port, topic, records].map(String);
        const { stdout } = await promisify(execFile)(process.execPath, args);
        const { cpuMs } = JSON.parse(stdout) as { readonly cpuMs: number };
        fastest[program] = Math.min(fastest[program], cpuMs * (1_000_000 / records));
      }
    }
    const { bare, sink } = fastest;
    process.stdout.write(
      `${kind}: bare client ${Math.round(bare)} ms, sink ${Math.round(sink)} ms of CPU per million records: ${(sink / bare).toFixed(2)} ×\n`,
    );
  }
} finally {
  await broker.stop();
}
