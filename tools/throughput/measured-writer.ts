// One writer of a comparison of CPU times, in a process of its own: writes batches of payments and prints the CPU milliseconds of
// the process per million records, without those of the first batches.

/** One record, about eighty bytes as JSON. */
export interface Payment {
  readonly id: number;
  readonly customer: string;
  readonly amount: number;
  readonly currency: string;
}

/** The number of batches and their size. */
export interface MeasuredBatches {
  /** Records of one batch, which is one partition. */
  readonly rows: number;
  readonly batches: number;
}

/** One part of the batches, in advance, is not measured. */
const WARM_UP_PART = 4;

/** Writes batch after batch, counted from 0, and prints the CPU time. */
export async function measureWriter(
  { rows, batches }: MeasuredBatches,
  write: (records: readonly Payment[], batch: number) => Promise<void>,
): Promise<void> {
  const warmUp = Math.ceil(batches / WARM_UP_PART);
  let before = process.cpuUsage();
  for (let batch = 0; batch < warmUp + batches; batch += 1) {
    if (batch === warmUp) before = process.cpuUsage();
    await write(payments(batch * rows, rows), batch);
  }
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1_000 / ((batches * rows) / 1_000_000);
  process.stdout.write(`${JSON.stringify({ cpuMs })}\n`);
}

function payments(from: number, count: number): readonly Payment[] {
  return Array.from({ length: count }, (_, index) => ({
    id: from + index,
    customer: `customer-${index % 97}`,
    amount: (index % 1_300) / 4,
    currency: 'EUR',
  }));
}
