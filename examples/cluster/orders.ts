// Orders for executors, as files: an executor is a thread of its host, and no signal reaches a thread.
import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { SystemClock } from '@millrace/core';

/** `end`: the executor ends itself, as after a crash. `pause`: the executor does nothing for 20 seconds. */
export type ExecutorOrder = 'end' | 'pause';

/** The variable of the environment with the number of the machine. */
export const MACHINE_KEY = 'CLUSTER_MACHINE';

const LOOK_MS = 100;
const PAUSE_MS = 20_000;

/** The name of the file with an order for one executor of a machine. */
export function orderFile(order: ExecutorOrder, machine: number | string): string {
  return `${order}-executor-${machine}`;
}

/** Called on an executor: obeys the orders in a directory. Of several executors the first one takes an order. */
export function obeyOrders(directory: string): void {
  const machine = process.env[MACHINE_KEY] ?? '';
  const isOrdered = (order: ExecutorOrder): boolean => {
    try {
      unlinkSync(join(directory, orderFile(order, machine)));
      return true;
    } catch {
      return false;
    }
  };
  if (isOrdered('end')) process.exit(1);
  if (isOrdered('pause')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  new SystemClock().after(LOOK_MS, () => obeyOrders(directory));
}
