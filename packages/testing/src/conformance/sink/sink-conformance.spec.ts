import type { Sink } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { numbersOf, outcomeOf, problemsOf } from '../../../test/assert-kit.ts';
import * as sinks from '../../../test/broken-sinks.ts';
import { SINK_KIT, type SinkSubject } from './sink-conformance.ts';

type MakeSink = (place: sinks.Place) => Sink<number>;
type SinkClass = new (place: sinks.Place) => Sink<number>;

const BUGS: Readonly<Record<string, SinkClass>> = {
  'SINK-1.1': sinks.KeepsInMemory,
  'SINK-2.1': sinks.NaiveSink,
  'SINK-2.2': sinks.MarksEmptyPartitions,
  'SINK-2.3': sinks.ForgetsApplication,
  'SINK-2.4': sinks.NaiveSink,
  'SINK-2.5': sinks.SkipsOlderBatches,
  'SINK-2.6': sinks.ForgetsWhenClosed,
  'SINK-2.7': sinks.ForgetsWhenClosed,
  'SINK-3.1': sinks.ClaimsLess,
  'SINK-4.1': sinks.LedgerFirst,
  'SINK-4.2': sinks.LeavesHalf,
  'SINK-4.3': sinks.LeavesHalfWhenThePlaceFails,
  'SINK-5.1': sinks.LedgerFirst,
  'SINK-6.1': sinks.ClosesOnce,
  'SINK-6.2': sinks.LosesAtClose,
  'SINK-10.1': sinks.WritesAlways,
  'SINK-10.2': sinks.WritesAlways,
  'SINK-11.1': sinks.OpensOnceOnly,
  'SINK-12.1': sinks.Reverses,
  'SINK-14.1': sinks.DropsUnsupported,
  'SINK-17.1': sinks.ForgetsPartitions,
  'SINK-17.2': sinks.RefusesRecordsOnly,
  'SINK-17.3': sinks.ForgetsPartitions,
  'SINK-17.4': sinks.RefusesRecordsOnly,
  'SINK-17.5': sinks.KeepsPartitionsByBatch,
  'SINK-21.1': sinks.CountsEpochs,
  'SINK-15.1': sinks.LeavesHalf,
  'SINK-15.2': sinks.ForgetsWhenClosed,
  'SINK-15.3': sinks.ForgetsWhenClosed,
};

function subjectOf(makeSink: MakeSink): SinkSubject {
  return {
    capabilities: { delivery: 'effectively-once' },
    record: (id) => id,
    unsupportedRecord: -1,
    faults: [
      {
        name: 'the place fails',
        inject: (target) => void Reflect.set(Reflect.get(target, 'place') as object, 'isFailing', true),
      },
    ],
    create: () => {
      const place: sinks.Place = { records: [], ledger: new Set(), partitions: new Map() };
      const target = { place, createSink: () => makeSink(place), readBack: async () => [...place.records] };
      // The kit hands records of every type over unchanged.
      return target as unknown as ReturnType<SinkSubject['create']>;
    },
  };
}

describe('the kit of sinks', () => {
  it('passes a correct sink', async () => {
    expect(
      await problemsOf(
        SINK_KIT,
        subjectOf((place) => new sinks.LedgerSink(place)),
      ),
    ).toEqual([]);
  });

  it('has a broken sink for every check', () => {
    expect(Object.keys(BUGS).toSorted()).toEqual(numbersOf(SINK_KIT));
  });

  it.each(Object.entries(BUGS).map(([number, Broken]) => [number, Broken.name, Broken] as const))(
    '%s fails a sink: %s',
    async (number, _, Broken) => {
      expect(
        await outcomeOf(
          SINK_KIT,
          number,
          subjectOf((place) => new Broken(place)),
        ),
      ).toBe(`failed ${number}`);
    },
  );
});
