// The counts that a driver reports, compared with the sources and the ledger: the records of each batch, and the records
// that no block can hold.
import type { Ledger } from './ledger.ts';
import type { SimDriver } from './sim-driver.ts';
import { rawOutput } from './sim-program.ts';
import type { SimSource } from './sim-source.ts';

/** The outside facts that reported counts must match. */
export interface CountEvidence {
  readonly sources: readonly SimSource[];
  readonly ledger: Ledger;
  readonly violated: (promise: string, what: string) => void;
}

/** Listens to one life of a driver. */
export function hearCounts(
  { ssc, process }: Pick<SimDriver, 'ssc' | 'process'>,
  evidence: CountEvidence,
): void {
  const { sources, ledger, violated } = evidence;
  for (const source of sources) source.toldLeftOut = 0;
  ssc.on('records:left-out', ({ leftOut: { streamId, recordCount, totalCount } }) => {
    const source = sources[streamId];
    if (source === undefined || !process.isAlive) return;
    source.toldLeftOut += recordCount;
    const { name, toldLeftOut, oddStored } = source;
    if (totalCount !== toldLeftOut)
      violated(
        'RECEIVER-40',
        `${name}: ${totalCount} left-out records in total, events add up to ${toldLeftOut}`,
      );
    if (toldLeftOut > oddStored)
      violated('RECEIVER-40', `${name}: ${toldLeftOut} records were left out of ${oddStored} odd ones`);
  });
  ssc.on('batch:completed', ({ batch: { batchTime, inputs, outcome } }) => {
    if (outcome !== 'succeeded' || !process.isAlive) return;
    for (const [streamId, { recordCount }] of inputs) {
      const source = sources[streamId];
      const records = source === undefined ? undefined : ledger.recordsOf(rawOutput(source), batchTime);
      if (source === undefined || records === undefined || records.length === recordCount) continue;
      violated(
        'RECEIVER-40',
        `${source.name}: batch ${batchTime} counts ${recordCount} records, the output has ${records.length}`,
      );
    }
  });
}

/** After the engine has stopped, every odd value of a receiver that was never restarted has been reported. */
export function checkLeftOut({ sources, violated }: Pick<CountEvidence, 'sources' | 'violated'>): void {
  for (const { name, starts, toldLeftOut, oddStored } of sources) {
    if (starts.length === 1 && toldLeftOut !== oddStored)
      violated('RECEIVER-40', `${name}: ${oddStored} odd values were stored, ${toldLeftOut} were reported`);
  }
}
