// The record rate of a whole engine: one receiver and many, into memory and into the log, on one executor and on two,
// small and large records.
import { benchDirectory } from '../durability/bench-directory.ts';
import { WatchedEngine } from '../batches/watched-engine.ts';
import {
  type BenchProbe,
  type BenchSuite,
  type BenchWorkload,
  type ProbeOptions,
  RATE,
  type Readings,
} from '../runner/suite.ts';
import { BATCH_INTERVAL_MS, FIREHOSE_VARIABLE, type FirehoseOptions, makeFirehose } from './firehose.ts';

const BYTES = 'MB/s';

const SUITE = {
  unit: 'records',
  contenders: 4,
  metrics: [
    { name: RATE, unit: 'records/s', better: 'more' },
    { name: BYTES, unit: BYTES, better: 'more' },
  ],
  roundsAtMost: 2,
} as const;

/** The suite `blocks`. */
export const blocksSuite: BenchSuite = {
  ...SUITE,
  name: 'blocks',
  purpose: 'rate of records of 100 bytes of an engine, by number of receivers',
  axis: { name: 'receivers', scale: 'log' },
  workloads: [1, 2, 4, 16, 256].map((receivers) =>
    workload(`${receivers} receiver${receivers === 1 ? '' : 's'}`, receivers, {
      receivers,
      recordBytes: 100,
    }),
  ),
};

/** The suite `record-sizes`. */
export const recordSizesSuite: BenchSuite = {
  ...SUITE,
  name: 'record-sizes',
  purpose: 'rate of records of an engine with four receivers, by record size',
  axis: { name: 'bytes of a record', scale: 'log' },
  workloads: [16, 256, 4_096, 65_536].map((recordBytes) =>
    workload(`records of ${recordBytes} bytes`, recordBytes, { receivers: 4, recordBytes }),
  ),
};

function workload(
  name: string,
  at: number,
  load: Pick<FirehoseOptions, 'receivers' | 'recordBytes'>,
): BenchWorkload {
  return {
    name,
    at,
    makeCases: () => [
      probe('memory', { ...load, executors: 1 }),
      probe('log', { ...load, executors: 1 }),
      probe('memory, 2 executors', { ...load, executors: 2 }),
      probe('log, 2 executors', { ...load, executors: 2 }),
    ],
    budgets: [],
  };
}

function probe(name: string, options: FirehoseOptions): BenchProbe {
  return {
    name,
    measure: async (how) => {
      if (!name.startsWith('log')) return measure(options, how);
      const directory = benchDirectory();
      try {
        return await measure({ ...options, logDirectory: directory.path }, how);
      } finally {
        await directory.remove();
      }
    },
    close: async () => {},
  };
}

async function measure(options: FirehoseOptions, { seconds, isQuick }: ProbeOptions): Promise<Readings> {
  process.env[FIREHOSE_VARIABLE] = JSON.stringify(options);
  const engine = new WatchedEngine(makeFirehose(options));
  try {
    const isSlow = options.logDirectory !== undefined;
    // A busy disk answers late: the amount in transit is the same at the beginning and the end of the observation.
    await engine.start(isQuick ? 300 : isSlow ? 1_000 : 500);
    const durationMs = Math.max(isSlow ? seconds * 1_000 : seconds * 500, 2 * BATCH_INTERVAL_MS);
    let [records, batches] = [0, 0];
    // With many large blocks on a slow disk, the first blocks may take longer.
    for (let tries = 0; records === 0 && tries < 10; tries += 1) {
      const seen = await engine.watch(durationMs);
      records += seen.records;
      batches += seen.batches;
    }
    const rate = (records / batches / BATCH_INTERVAL_MS) * 1_000;
    return { [RATE]: rate, [BYTES]: (rate * options.recordBytes) / 1e6 };
  } finally {
    await engine.close();
  }
}
