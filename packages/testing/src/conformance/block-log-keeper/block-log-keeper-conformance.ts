// The kit of the `BlockLogKeeper` port.
import type { ConformanceKit } from '../kit/conformance-kit.ts';
import { defineConformance, type TestFunctions } from '../kit/define-conformance.ts';
import { withTarget } from '../kit/with-target.ts';
import { KEEPER_CHECKS, type KeeperTrial } from './block-log-keeper-checks.ts';
import type { BlockLogKeeperSubject } from './block-log-keeper-target.ts';

/** The checks of `docs/spec/block-log-keeper.md`. */
export const BLOCK_LOG_KEEPER_KIT: ConformanceKit<BlockLogKeeperSubject, KeeperTrial> = {
  port: 'BlockLogKeeper',
  version: 1,
  spec: 'docs/spec/block-log-keeper.md',
  checks: KEEPER_CHECKS,
  notCheckable: [
    { rule: 'KEEPER-9', why: 'the removals of a keeper fail in ways that only its log knows' },
    { rule: 'KEEPER-10', why: 'binds the caller' },
    { rule: 'KEEPER-11', why: 'binds the caller' },
    { rule: 'KEEPER-12', why: 'binds the caller' },
  ],
  withTrial: withTarget,
};

/** Defines the conformance tests of a keeper of a block log. */
export function blockLogKeeperConformance(test: TestFunctions, subject: BlockLogKeeperSubject): void {
  defineConformance(test, BLOCK_LOG_KEEPER_KIT, subject);
}
