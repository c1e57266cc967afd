// The main job: replays the flights through receivers and adds the flights up, per batch and over a sliding window.
import type { DurableRun, TallyRow } from './durable-run.ts';
import { type Master, StreamingContext, type StopReport } from '@millrace/engine';
import type { BatchInfo, Plugin } from '@millrace/core';
import { replay } from '@millrace/receiver-replay';
import {
  addTallies,
  addTo,
  tallyOf,
  type AirportTallies,
  type Flight,
  type Tally,
} from './flight-statistics.ts';

/** The number of batches in the window. */
export const WINDOW_BATCHES = 7;

/** The results of one batch. */
export interface FlightsBatch {
  readonly batch: BatchInfo;
  /** This batch alone. */
  readonly airports: AirportTallies;
  /** This batch and the six previous batches. */
  readonly window: AirportTallies;
}

/** The parameters of the job. */
export interface FlightsJobOptions {
  readonly file: string;
  /** Days of flights per second. */
  readonly speed: number;
  readonly batchIntervalMs: number;
  readonly receivers: number;
  readonly master: Master;
  readonly plugins: readonly Plugin[];
  /** Makes the run survive its process. */
  readonly durable?: DurableRun | undefined;
  /** Called for every completed batch, in order. */
  readonly onBatch: (batch: FlightsBatch) => void;
}

/** The job, defined and ready to start. */
export interface FlightsJob {
  readonly ssc: StreamingContext;
  /** The totals of all completed batches, including batches before a restart if the run is durable. */
  totals(): AirportTallies;
  /** Runs until all flights are processed or the context is stopped; reports the rest. */
  run(): Promise<StopReport>;
}

const MS_PER_DAY = 86_400_000;

/** Defines the streams of the job. */
export function flightsJob(options: FlightsJobOptions): FlightsJob {
  const { batchIntervalMs, receivers, durable } = options;
  const ssc = new StreamingContext({
    appName: 'flights',
    batchIntervalMs,
    master: options.master,
    plugins: durable ? [durable.plugin, ...options.plugins] : options.plugins,
    ...(durable ? { checkpointDirectory: durable.checkpointDirectory } : {}),
  });
  const totals = new Map<string, Tally>();
  const ofBatch = new Map<number, AirportTallies>();
  const ofWindow = new Map<number, AirportTallies>();

  const flights = ssc.union(
    ...Array.from({ length: receivers }, (_, index) => ssc.receiverStream(replayOf(options, index))),
  );
  const tallies = flights.map((flight) => [flight.origin, tallyOf(flight)]);

  tallies.reduceByKey(addTallies).foreachRDD(async (rdd, { batchTime }) => {
    ofBatch.set(batchTime, new Map(await rdd.collect()));
  });
  tallies
    .reduceByKeyAndWindow(addTallies, WINDOW_BATCHES * batchIntervalMs)
    .foreachRDD(async (rdd, { batchTime }) => {
      ofWindow.set(batchTime, new Map(await rdd.collect()));
    });

  if (durable) {
    tallies
      .reduceByKey(addTallies)
      .map(([origin, tally]): TallyRow => ({ origin, ...tally }))
      .foreachPartition(durable.totals.write);
  }

  ssc.on('batch:completed', ({ batch }) => {
    // Totals grow with completed batches only: a repeated output replaces its result and counts once.
    const airports = ofBatch.get(batch.batchTime) ?? new Map<string, Tally>();
    const window = ofWindow.get(batch.batchTime) ?? new Map<string, Tally>();
    ofBatch.delete(batch.batchTime);
    ofWindow.delete(batch.batchTime);
    for (const [origin, tally] of airports) addTo(totals, origin, tally);
    options.onBatch({ batch, airports, window });
  });

  return {
    ssc,
    totals: () => durable?.readTotals() ?? totals,
    run: async () => {
      // Fails when the file cannot be read.
      await ssc.start({ awaitReceivers: 30_000 });
      await Promise.race([ssc.awaitSourcesEnded(), ssc.awaitTermination()]);
      const report = await ssc.stop();
      await durable?.totals.close();
      return report;
    },
  };
}

function replayOf({ file, speed, receivers }: FlightsJobOptions, index: number) {
  return replay<Flight>({
    file,
    timestamp: 'date',
    speed: (speed * MS_PER_DAY) / 1_000,
    partition: { index, of: receivers },
  });
}
