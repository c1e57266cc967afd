// The missed batches that a driver reports as made up for or as left out, compared with the limit between the two.
import type { Ledger } from './ledger.ts';
import type { SimDriver } from './sim-driver.ts';

/** The outside facts that reports must match. */
export interface MissedEvidence {
  readonly ledger: Ledger;
  readonly violated: (promise: string, what: string) => void;
  /** The most missed batches that are made up for. Default: 10,000. */
  readonly limit?: number | undefined;
}

/** The most missed batches that are made up for unless a plan says otherwise. */
const LIMIT = 10_000;

/** BAT-5: listens to one life of a driver. Exactly the batches above the limit are left out. */
export function hearMissed(
  { ssc, process }: Pick<SimDriver, 'ssc' | 'process'>,
  { ledger, violated, limit = LIMIT }: MissedEvidence,
): void {
  ssc.on('batch-times:adjusted', ({ adjustment: { kind, batchTime, batchCount } }) => {
    if (kind === 'ahead' || !process.isAlive) return;
    const isSkipped = kind === 'skipped';
    if (isSkipped) ledger.leavesOutBefore(batchTime, batchCount);
    if (isSkipped !== batchCount > limit)
      violated(
        'BAT-5',
        `${batchCount} batches before ${batchTime} were ${isSkipped ? 'left out' : 'made up for'}, and the limit is ${limit}`,
      );
  });
}
