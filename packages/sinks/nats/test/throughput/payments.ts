// The records of the comparison: batches of payments, each of about a hundred bytes.
/** Records of one batch, which is one partition. */
export const BATCH = 9_000;

/** One record. */
export interface Payment {
  readonly id: number;
  readonly customer: string;
  readonly amount: number;
  readonly currency: string;
}

/** The records of a batch. */
export function* payments(from: number, count: number): Generator<Payment> {
  for (let id = from; id < from + count; id += 1)
    yield { id, customer: `customer-${id % 97}`, amount: id % 13, currency: 'EUR' };
}
