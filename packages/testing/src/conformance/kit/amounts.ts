// The answers of `gauges()`: amounts for observers, which go to pages and metrics as they are.
import assert from 'node:assert/strict';

/** Asserts that every field of an answer is a finite number of at least 0, or an object of such numbers. */
export function assertAmounts(answer: unknown, what: string): void {
  assert(typeof answer === 'object' && answer !== null, `${what} returned ${typeof answer}`);
  assert(!('then' in answer), `${what} returned a promise; amounts are known at once`);
  for (const [name, amount] of Object.entries(answer)) {
    if (amount === undefined) continue;
    if (typeof amount === 'object') assertAmounts(amount, `${what}.${name}`);
    else assert(isAmount(amount), `${what}.${name} is ${String(amount)}, no finite number of at least 0`);
  }
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
