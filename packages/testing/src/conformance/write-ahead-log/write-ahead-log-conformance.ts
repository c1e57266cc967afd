// The kit of the `WriteAheadLog` port and of its factory.
import type { ConformanceKit } from '../kit/conformance-kit.ts';
import { defineConformance, type TestFunctions } from '../kit/define-conformance.ts';
import { LOG_AMOUNT_CHECKS } from './write-ahead-log-amount-checks.ts';
import { LOG_CHECKS } from './write-ahead-log-checks.ts';
import { LOG_CRASH_CHECKS } from './write-ahead-log-crash-checks.ts';
import { LOG_DIRECTORY_CHECKS } from './write-ahead-log-directory-checks.ts';
import type { WriteAheadLogSubject } from './write-ahead-log-target.ts';
import { withLogTrial, type WriteAheadLogTrial } from './write-ahead-log-trial.ts';

/** The checks of `docs/spec/write-ahead-log.md`. */
export const WRITE_AHEAD_LOG_KIT: ConformanceKit<WriteAheadLogSubject, WriteAheadLogTrial> = {
  port: 'WriteAheadLog',
  version: 5,
  spec: 'docs/spec/write-ahead-log.md',
  checks: [...LOG_CRASH_CHECKS, ...LOG_CHECKS, ...LOG_AMOUNT_CHECKS, ...LOG_DIRECTORY_CHECKS],
  notCheckable: [
    { rule: 'LOG-3', why: 'permits something; the consequences are checked by LOG-2.1 and LOG-15.1' },
    { rule: 'LOG-16', why: 'binds the caller' },
    { rule: 'LOG-17', why: 'binds the caller' },
    { rule: 'LOG-18', why: 'binds the caller' },
    { rule: 'LOG-22', why: 'the kit runs on one host' },
    { rule: 'LOG-24', why: 'the kit has no followers' },
  ],
  withTrial: withLogTrial,
};

/**
 * Defines the conformance tests of a write-ahead log.
 *
 * ```ts
 * writeAheadLogConformance({ describe, it }, {
 *   capabilities: { durability: 'machine' },
 *   create: logOnStorage({ createFactory: (ports) => new MyLogFactory(ports) }),
 * });
 * ```
 */
export function writeAheadLogConformance(test: TestFunctions, subject: WriteAheadLogSubject): void {
  defineConformance(test, WRITE_AHEAD_LOG_KIT, subject);
}
