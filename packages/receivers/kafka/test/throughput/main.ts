// CPU time per million records beside the client library alone, on a real broker:
//   node --conditions=millrace:source packages/receivers/kafka/test/throughput/main.ts [records] [runs]
import { Broker } from '../broker.ts';
import { cpuOf, fillTopic } from './cpu-times.ts';

const records = Number(process.argv[2] ?? 1_000_000);
const runs = Number(process.argv[3] ?? 3);

const broker = await Broker.start(0);
if (broker === undefined) throw new Error('Kafka is not installed: run tools/servers/kafka.sh install');
try {
  const topic = await fillTopic(broker, records);
  for (const kind of ['partition', 'group'] as const) {
    const { bare, engine } = await cpuOf({ broker, topic, kind, records, runs });
    process.stdout.write(
      `${kind}: bare client ${Math.round(bare)} ms, engine ${Math.round(engine)} ms of CPU per million records: ${(engine / bare).toFixed(2)} ×\n`,
    );
  }
} finally {
  await broker.stop();
}
