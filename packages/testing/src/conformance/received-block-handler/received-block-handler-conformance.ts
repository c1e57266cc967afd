// The kit of the `ReceivedBlockHandler` port.
import type { ConformanceKit } from '../kit/conformance-kit.ts';
import { defineConformance, type TestFunctions } from '../kit/define-conformance.ts';
import { withTarget } from '../kit/with-target.ts';
import { HANDLER_LOG_CHECKS } from './handler-log-checks.ts';
import { HANDLER_STORING_CHECKS } from './handler-storing-checks.ts';
import type { HandlerTrial } from './handler-trial.ts';
import type { ReceivedBlockHandlerSubject } from './received-block-handler-target.ts';

/** The checks of `docs/spec/received-block-handler.md`. */
export const RECEIVED_BLOCK_HANDLER_KIT: ConformanceKit<ReceivedBlockHandlerSubject, HandlerTrial> = {
  port: 'ReceivedBlockHandler',
  version: 4,
  spec: 'docs/spec/received-block-handler.md',
  checks: [...HANDLER_STORING_CHECKS, ...HANDLER_LOG_CHECKS],
  notCheckable: [
    { rule: 'HANDLER-3', why: 'the outlook of a retry is not visible from outside' },
    { rule: 'HANDLER-10', why: 'binds the caller' },
    { rule: 'HANDLER-11', why: 'binds the caller' },
    { rule: 'HANDLER-12', why: 'binds the caller' },
    { rule: 'HANDLER-14', why: 'binds the caller' },
    { rule: 'HANDLER-18', why: 'binds the caller' },
    { rule: 'HANDLER-20', why: 'the kit runs on one host' },
  ],
  withTrial: withTarget,
};

/** Defines the conformance tests of a received-block handler. */
export function receivedBlockHandlerConformance(
  test: TestFunctions,
  subject: ReceivedBlockHandlerSubject,
): void {
  defineConformance(test, RECEIVED_BLOCK_HANDLER_KIT, subject);
}
