// The kit of receivers. A stage plays the engine: the stage cuts blocks, fails storing according to a script and
// accounts for every record by its id.
import type { ConformanceKit } from '../kit/conformance-kit.ts';
import { defineConformance, type TestFunctions } from '../kit/define-conformance.ts';
import { RECEIVER_GAUGE_CHECKS } from './receiver-gauge-checks.ts';
import { RECEIVER_LIFE_CHECKS } from './receiver-life-checks.ts';
import { RECEIVER_RANGE_CHECKS } from './receiver-range-checks.ts';
import { RECEIVER_RELIABILITY_CHECKS } from './receiver-reliability-checks.ts';
import { RECEIVER_STORING_CHECKS } from './receiver-storing-checks.ts';
import type { ReceiverSubject } from './receiver-target.ts';
import { type ReceiverTrial, withReceiverTrial } from './receiver-trial.ts';
import { RECEIVER_WORLD_CHECKS } from './receiver-world-checks.ts';

const CONTEXT_RULES = [19, 20, 21, 22, 23, 25, 26, 27, 30, 34, 36, 37, 38, 40, 41, 43, 45] as const;

/** The checks of `docs/spec/receiver.md`. */
export const RECEIVER_KIT: ConformanceKit<ReceiverSubject, ReceiverTrial<unknown>> = {
  port: 'Receiver',
  version: 7,
  spec: 'docs/spec/receiver.md',
  checks: [
    ...RECEIVER_LIFE_CHECKS,
    ...RECEIVER_STORING_CHECKS,
    ...RECEIVER_RELIABILITY_CHECKS,
    ...RECEIVER_RANGE_CHECKS,
    ...RECEIVER_WORLD_CHECKS,
    ...RECEIVER_GAUGE_CHECKS,
  ],
  notCheckable: [
    ...CONTEXT_RULES.map((rule) => ({ rule: `RECEIVER-${rule}` as const, why: 'binds the engine' })),
    { rule: 'RECEIVER-35', why: 'only the receiver knows the received size of a record' },
    { rule: 'RECEIVER-39', why: 'a source may send more kinds of records than a kit can list' },
  ],
  withTrial: withReceiverTrial,
};

/**
 * Defines the conformance tests of a receiver.
 *
 * ```ts
 * receiverConformance({ describe, it }, {
 *   capabilities: mySource.capabilities,
 *   create: () => new MySourceForTests(),
 * });
 * ```
 */
export function receiverConformance<T>(test: TestFunctions, subject: ReceiverSubject<T>): void {
  // Records only travel from the source to `idOf` of the same target, so the record type has no effect in between.
  defineConformance(test, RECEIVER_KIT, subject as ReceiverSubject);
}
