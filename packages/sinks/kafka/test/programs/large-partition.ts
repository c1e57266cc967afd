// A program that a test starts: writes one partition of many records, made while they are written, and prints the largest heap in
// use. Arguments: options of the sink, number of records.
import { kafkaSink, type KafkaSinkInput } from '../../src/index.ts';

const LOOK_EVERY = 20_000;

const [options = '{}', count = ''] = process.argv.slice(2);
let heapUsed = 0;

function* records(): Generator<object> {
  for (let id = 0; id < Number(count); id += 1) {
    yield { id, customer: `customer-${id % 97}`, note: 'x'.repeat(60) };
    if (id % LOOK_EVERY !== 0) continue;
    globalThis.gc?.();
    const { heapUsed: heap, arrayBuffers } = process.memoryUsage();
    heapUsed = Math.max(heapUsed, heap + arrayBuffers);
  }
}

const sink = kafkaSink<object>(JSON.parse(options) as KafkaSinkInput);
await sink.open?.();
await sink.write(records(), {
  application: 'a',
  batchTime: 1,
  outputOperation: 0,
  partition: 0,
  partitions: 1,
});
await sink.close?.();
process.stdout.write(JSON.stringify({ heapUsed }));
