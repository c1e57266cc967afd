// The names of the RDDs of a batch, as the scopes of streams give them.
import type { BatchTime } from '@millrace/core';

/** The operator and the batch in the name of an RDD: `<batch time>/<stream>`; RDDs without a batch have batch time 0. */
export function operatorOf(rddId: string): { readonly operator: string; readonly batchTime: BatchTime } {
  const [, time, operator] = /^(-?\d+)\/(.+)$/.exec(rddId) ?? [];
  if (time === undefined || operator === undefined) return { operator: rddId, batchTime: 0 };
  return { operator, batchTime: Number(time) };
}
