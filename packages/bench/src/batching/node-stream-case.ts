// Node's streams: values are written to a hand-written transform that groups them.
import { once } from 'node:events';
import { Transform, Writable } from 'node:stream';
import type { BenchCase } from '../runner/suite.ts';
import { burstCase } from '../store/burst-case.ts';
import type { StoreWorkload } from '../store/store-workload.ts';
import { HandedOn } from './handed-on.ts';
import { subjectOf } from './subject-of.ts';

const COUNT = 10_000;
const TIME_MS = 200;

/** A transform of objects that pushes a full group, or pushes by a timer. */
export function nodeStreamCase(name: string, workload: StoreWorkload): BenchCase {
  const handedOn = new HandedOn(name);
  const { grouping, stop } = makeGrouping();
  grouping.pipe(
    new Writable({
      objectMode: true,
      write: (group: readonly unknown[], _encoding, done) => {
        handedOn.add(group);
        done();
      },
    }),
  );
  let hasRoom = true;
  const subject = subjectOf((record) => {
    hasRoom = grouping.write(record);
  });
  return burstCase(
    name,
    async (from, to) => {
      workload.nextBurst(subject, from, to);
      if (!hasRoom) await once(grouping, 'drain');
    },
    async () => {
      stop();
      handedOn.assertSome();
    },
  );
}

function makeGrouping(): { readonly grouping: Transform; readonly stop: () => void } {
  let group: unknown[] = [];
  const grouping = new Transform({
    objectMode: true,
    transform: (record: unknown, _encoding, done) => {
      group.push(record);
      if (group.length < COUNT) return done();
      const full = group;
      group = [];
      done(null, full);
    },
  });
  const timer = setInterval(() => {
    if (group.length === 0) return;
    grouping.push(group);
    group = [];
  }, TIME_MS);
  const stop = (): void => {
    clearInterval(timer);
    grouping.destroy();
  };
  return { grouping, stop };
}
