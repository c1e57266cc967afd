// The common part of all contenders but the generator: these contenders take bursts without back-pressure.
import { type OperatorFunction, Subject } from 'rxjs';
import type { BenchCase } from '../runner/suite.ts';
import { BURST_RECORDS, CALL_RECORDS, type StoreWorkload, turn } from './store-workload.ts';

/** A contender that gets bursts of records, each of which may take time. */
export function burstCase(
  name: string,
  burst: (from: number, to: number) => void | Promise<void>,
  close: () => Promise<void>,
): BenchCase {
  return {
    name,
    operations: CALL_RECORDS,
    run: async () => {
      for (let from = 0; from < CALL_RECORDS; from += BURST_RECORDS) {
        await burst(from, from + BURST_RECORDS);
        await turn();
      }
    },
    close,
  };
}

/** An operator of RxJS behind a subject. */
export function rxCase(
  name: string,
  workload: StoreWorkload,
  operator: OperatorFunction<unknown, unknown[]>,
): BenchCase {
  const subject = new Subject<unknown>();
  let handedOn = 0;
  const subscription = subject.pipe(operator).subscribe((batch) => (handedOn += batch.length));
  return burstCase(
    name,
    (from, to) => workload.nextBurst(subject, from, to),
    async () => {
      subject.complete();
      subscription.unsubscribe();
      if (handedOn === 0) throw new Error(`${name} handed nothing on`);
    },
  );
}
