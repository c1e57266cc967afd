// The kit of the `Clock` port.
import type { ConformanceKit } from '../kit/conformance-kit.ts';
import { defineConformance, type TestFunctions } from '../kit/define-conformance.ts';
import { withTarget } from '../kit/with-target.ts';
import { CLOCK_CHECKS } from './clock-checks.ts';
import type { ClockSubject, ClockTrial } from './clock-target.ts';

/** The checks of `docs/spec/clock.md`. */
export const CLOCK_KIT: ConformanceKit<ClockSubject, ClockTrial> = {
  port: 'Clock',
  version: 2,
  spec: 'docs/spec/clock.md',
  checks: CLOCK_CHECKS,
  notCheckable: [
    { rule: 'CLOCK-2', why: 'permits something' },
    { rule: 'CLOCK-11', why: 'cost is shown by benchmarks' },
    { rule: 'CLOCK-12', why: 'binds the caller' },
    { rule: 'CLOCK-13', why: 'binds the caller' },
    { rule: 'CLOCK-17', why: 'binds the caller' },
    { rule: 'CLOCK-18', why: 'binds the caller' },
  ],
  withTrial: withTarget,
};

/** Defines the conformance tests of a clock. */
export function clockConformance(test: TestFunctions, subject: ClockSubject): void {
  defineConformance(test, CLOCK_KIT, subject);
}
