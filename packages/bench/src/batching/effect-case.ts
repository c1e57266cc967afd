// Effect: values are offered to a queue, whose stream is grouped. A burst ends when the queue is empty.
import { Effect, Queue, Stream } from 'effect';
import type { BenchCase } from '../runner/suite.ts';
import { burstCase } from '../store/burst-case.ts';
import { type StoreWorkload, turn } from '../store/store-workload.ts';
import { HandedOn } from './handed-on.ts';
import { subjectOf } from './subject-of.ts';

/** `Stream.groupedWithin(10000, '200 millis')`. */
export function effectCase(name: string, workload: StoreWorkload): BenchCase {
  const handedOn = new HandedOn(name);
  const queue = Effect.runSync(Queue.unbounded<unknown>());
  const groups = Stream.fromQueue(queue).pipe(Stream.groupedWithin(10_000, '200 millis'));
  const running = Effect.runPromise(
    Stream.runForEach(groups, (group) => Effect.sync(() => handedOn.add(group))),
  );
  // A failure shows when the case is closed.
  running.catch(() => undefined);
  let waiting: unknown[] = [];
  const subject = subjectOf((record) => void waiting.push(record));
  return burstCase(
    name,
    async (from, to) => {
      workload.nextBurst(subject, from, to);
      const records = waiting;
      waiting = [];
      Queue.offerAllUnsafe(queue, records);
      while (Queue.sizeUnsafe(queue) > 0) await turn();
    },
    async () => {
      await Effect.runPromise(Queue.shutdown(queue));
      await running.catch(() => undefined);
      handedOn.assertSome();
    },
  );
}
