// A program for tests: runs many batches of the named stream, and prints as JSON the number of batches that a
// collection of young objects has left behind. Needs `--expose-gc`.
import { virtualPorts } from '@millrace/testing';
import { StreamingContext, type DStream } from '@millrace/engine';

type Numbers = DStream<[number, number]>;

/** Large enough that the remains of batches stand out from the remains that an engine leaves in any case. */
const BATCHES = 400;
/** The batches share their records; only the list of records counts, eight bytes each. */
const RECORDS = 8_000;

const isEven = ([, n]: [number, number]): boolean => n % 2 === 0;
const plus = (left: number, right: number): number => left + right;
const minus = (sum: number, gone: number): number => sum - gone;

const STREAMS: Record<string, (numbers: Numbers) => void> = {
  'a chain': (numbers) => numbers.filter(isEven).foreachPartition(() => {}),
  'sums by key': (numbers) => numbers.reduceByKey(plus).foreachPartition(() => {}),
  'a persisted stream': (numbers) => {
    const persisted = numbers.filter(isEven).persist();
    persisted.foreachPartition(() => {});
    persisted.count().foreachPartition(() => {});
  },
  'a window': (numbers) => numbers.reduceByKeyAndWindow(plus, 3_000, 1_000).foreachPartition(() => {}),
  'a window that moves on': (numbers) =>
    numbers.reduceByKeyAndWindow(plus, 3_000, 1_000, { inverse: minus }).foreachPartition(() => {}),
  state: (numbers) =>
    numbers.updateStateByKey((values, sum: number = 0) => sum + values.length).foreachPartition(() => {}),
};

const useNumbers = STREAMS[process.argv[2] ?? ''];
const collect = globalThis.gc;
if (useNumbers === undefined || collect === undefined) throw new Error('name a stream, and use --expose-gc');

const { clock, plugin } = virtualPorts({ startMs: 0 });
const ssc = new StreamingContext({ appName: 'forgetful', batchIntervalMs: 1_000, plugins: [plugin] });
const records = Array.from({ length: RECORDS }, (_, n): [number, number] => [n % 100, n]);
const queue: [number, number][][] = [];
useNumbers(ssc.queueStream(queue));
const run = async (batches: number): Promise<void> => {
  for (let batch = 0; batch < batches; batch += 1) {
    queue.push(records);
    await clock.advance(1_000);
  }
};
await ssc.start();
await run(50);
collect({ type: 'major' });
await run(BATCHES);
for (let times = 0; times < 3; times += 1) collect({ type: 'minor' });
const afterMinor = process.memoryUsage().heapUsed;
collect({ type: 'major' });
const left = (afterMinor - process.memoryUsage().heapUsed) / (RECORDS * 8);
process.stdout.write(JSON.stringify({ batches: BATCHES, left }));
await ssc.stop({ graceful: false });
