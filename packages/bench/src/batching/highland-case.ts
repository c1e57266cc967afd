// Highland: values are written to a stream one by one.
import highland from 'highland';
import type { BenchCase } from '../runner/suite.ts';
import { burstCase } from '../store/burst-case.ts';
import type { StoreWorkload } from '../store/store-workload.ts';
import { HandedOn } from './handed-on.ts';
import { subjectOf } from './subject-of.ts';

/** `batchWithTimeOrCount(200, 10000)`. */
export function highlandCase(name: string, workload: StoreWorkload): BenchCase {
  const handedOn = new HandedOn(name);
  const stream = highland<unknown>();
  stream.batchWithTimeOrCount(200, 10_000).each((group) => handedOn.add(group));
  const subject = subjectOf((record) => void stream.write(record));
  return burstCase(
    name,
    (from, to) => workload.nextBurst(subject, from, to),
    async () => {
      stream.end();
      handedOn.assertSome();
    },
  );
}
