// The workloads of the paper on discretized streams, and of the Yahoo streaming benchmark, as programs of Millrace. The
// programs for Spark beside them do the same with the same operators.
import type { DStream } from '@millrace/engine';
import { ADS } from './line-pool.ts';

/** The names of the workloads. */
export const PAPER_WORKLOADS = ['grep', 'word-count', 'top-k-count', 'yahoo', 'yahoo-event-time'] as const;

/** The name of a workload. */
export type PaperWorkload = (typeof PAPER_WORKLOADS)[number];

/** The batch interval of both systems. */
export const BATCH_INTERVAL_MS = 500;

const WINDOW_MS = 30_000;
const TOP = 10;
const CAMPAIGN_ADS = 10;
const EVENT_WINDOW_MS = 10_000;
const sum = (left: number, right: number): number => left + right;

/** The program of each workload. */
export const PAPER_PROGRAMS: Readonly<Record<PaperWorkload, (lines: DStream<string>) => void>> = {
  grep: (lines) => {
    lines
      .filter((line) => line.includes('word77 '))
      .count()
      .foreachRDD(async (rdd) => void (await rdd.collect()));
  },

  'word-count': (lines) => {
    words(lines)
      .reduceByKey(sum)
      .foreachPartition((counts) => drain(counts));
  },

  'top-k-count': (lines) => {
    words(lines)
      .reduceByKeyAndWindow(sum, WINDOW_MS, BATCH_INTERVAL_MS, { inverse: (all, gone) => all - gone })
      .foreachRDD(async (rdd) => void (await rdd.takeOrdered(TOP, ([, left], [, right]) => right - left)));
  },

  // Counts of each batch, like the benchmark's own programs, which write counts to a store that adds them up.
  yahoo: (lines) => {
    views(lines)
      .map(({ ad_id: ad, event_time: time }): [string, number] => [
        `${campaignOf(ad)}/${Math.floor(Number(time) / EVENT_WINDOW_MS)}`,
        1,
      ])
      .reduceByKey(sum)
      .foreachRDD(async (rdd) => void (await rdd.collect()));
  },

  // The same with event-time windows, which the engine keeps until the watermark has passed.
  'yahoo-event-time': (lines) => {
    views(lines)
      .assignTimestamps(({ event_time: time }) => Number(time), { outOfOrdernessMs: 1_000 })
      .map(({ ad_id: ad }): [string, number] => [campaignOf(ad), 1])
      .tumbling(EVENT_WINDOW_MS)
      .reduceByKey(sum)
      .uid('campaigns')
      .foreachRDD(async (rdd) => void (await rdd.collect()));
  },
};

interface AdEvent {
  readonly event_time: string;
  readonly ad_id: string;
  readonly event_type: string;
}

function views(lines: DStream<string>): DStream<AdEvent> {
  return lines.map((line) => JSON.parse(line) as AdEvent).filter((event) => event.event_type === 'view');
}

/** The join with the campaigns; each campaign has ten advertisements. */
const CAMPAIGNS = new Map(
  Array.from({ length: ADS }, (_, ad) => [`ad-${ad}`, `campaign-${Math.floor(ad / CAMPAIGN_ADS)}`]),
);

function campaignOf(ad: string): string {
  return CAMPAIGNS.get(ad) ?? 'none';
}

function words(lines: DStream<string>): DStream<[string, number]> {
  return lines.flatMap((line) => line.split(' ')).map((word): [string, number] => [word, 1]);
}

function drain(records: Iterable<unknown>): void {
  let count = 0;
  for (const record of records) if (record !== undefined) count += 1;
  if (count < 0) throw new Error('a count below zero');
}
