// The kit of the `CheckpointStore` port.
import type { ConformanceKit } from '../kit/conformance-kit.ts';
import { defineConformance, type TestFunctions } from '../kit/define-conformance.ts';
import { withTarget } from '../kit/with-target.ts';
import { CHECKPOINT_PART_CHECKS } from './checkpoint-part-checks.ts';
import { CHECKPOINT_TAKEOVER_CHECKS } from './checkpoint-takeover-checks.ts';
import { CHECKPOINT_CHECKS } from './checkpoint-store-checks.ts';
import type { CheckpointStoreSubject } from './checkpoint-store-target.ts';
import type { CheckpointTrial } from './checkpoint-trial.ts';

/** The checks of `docs/spec/checkpoint-store.md`. */
export const CHECKPOINT_STORE_KIT: ConformanceKit<CheckpointStoreSubject, CheckpointTrial> = {
  port: 'CheckpointStore',
  version: 1,
  spec: 'docs/spec/checkpoint-store.md',
  checks: [...CHECKPOINT_CHECKS, ...CHECKPOINT_PART_CHECKS, ...CHECKPOINT_TAKEOVER_CHECKS],
  notCheckable: [
    { rule: 'CHECKPOINT-18', why: 'only the store knows the foreign entries that may occupy its location' },
    { rule: 'CHECKPOINT-19', why: 'the bound belongs to the store and is too large for a check' },
    { rule: 'CHECKPOINT-10', why: 'binds the caller' },
    { rule: 'CHECKPOINT-21', why: 'the kit runs on one host' },
    {
      rule: 'CHECKPOINT-17',
      why: 'binds the caller, and only the store knows its permanent failures',
    },
  ],
  withTrial: withTarget,
};

/** Defines the conformance tests of a checkpoint store. */
export function checkpointStoreConformance(test: TestFunctions, subject: CheckpointStoreSubject): void {
  defineConformance(test, CHECKPOINT_STORE_KIT, subject);
}
