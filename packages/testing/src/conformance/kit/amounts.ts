// The answers of `gauges()`: amounts for observers, which go to pages and metrics as they are.
import assert from 'node:assert/strict';
import type { LogGauges } from '@millrace/core/observation';

/** Asserts that the amounts of a log are amounts, and its kind a word. */
export function assertLogGauges(gauges: LogGauges | undefined, name: string): asserts gauges is LogGauges {
  assert(typeof gauges === 'object', `${name} returned ${typeof gauges}`);
  const { kind, ...amounts } = gauges;
  assertAmounts(amounts, name);
  if (kind !== undefined)
    assert(
      /^[a-z][a-z0-9-]{0,31}$/.test(kind),
      `${name}.kind is ${JSON.stringify(kind)}, no word of at most 32 lower-case letters, digits and hyphens`,
    );
}

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
