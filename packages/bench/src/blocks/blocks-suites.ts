// How many records a whole engine takes: from one receiver and from many, into memory and into the log, on one executor
// and on two, small records and large ones.
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
  purpose: 'how many records of 100 bytes an engine takes from how many receivers',
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
  purpose: 'how many records of what size an engine takes from four receivers',
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
    // A busy disk answers late: what is on its way to it when the watching begins is as much as when it ends.
    await engine.start(isQuick ? 300 : isSlow ? 1_000 : 500);
    const durationMs = Math.max(isSlow ? seconds * 1_000 : seconds * 500, 2 * BATCH_INTERVAL_MS);
    let [records, batches] = [0, 0];
    // Where many large blocks wait for a slow disk, the first of them may take longer than that.
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
