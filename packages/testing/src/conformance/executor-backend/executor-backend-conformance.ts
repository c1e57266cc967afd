// The kit of the `ExecutorBackend` port. The executors run a stand-in for the engine.
import type { ConformanceKit } from '../kit/conformance-kit.ts';
import { defineConformance, type TestFunctions } from '../kit/define-conformance.ts';
import { BACKEND_CHECKS } from './executor-backend-checks.ts';
import type {
  ExecutorBackendSubject,
  ExecutorBackendTarget,
  ExecutorBackendTrial,
} from './executor-backend-target.ts';
import { StandIn } from './stand-in.ts';

/** The checks of `docs/spec/executor-backend.md`. */
export const EXECUTOR_BACKEND_KIT: ConformanceKit<ExecutorBackendSubject, ExecutorBackendTrial> = {
  port: 'ExecutorBackend',
  version: 1,
  spec: 'docs/spec/executor-backend.md',
  checks: BACKEND_CHECKS,
  notCheckable: [
    { rule: 'BACKEND-4', why: 'calls to the membership are synchronous and cannot overlap' },
    { rule: 'BACKEND-5', why: 'checked with BACKEND-1.1' },
    { rule: 'BACKEND-6', why: 'checked with BACKEND-12.1, as far as one life of a driver goes' },
    { rule: 'BACKEND-10', why: 'binds the messages' },
    { rule: 'BACKEND-11', why: 'permits something' },
    { rule: 'BACKEND-14', why: 'binds the caller' },
    { rule: 'BACKEND-15', why: 'binds the caller' },
    { rule: 'BACKEND-24', why: 'only a backend knows its permanent failures' },
    { rule: 'BACKEND-25', why: 'binds the engine' },
    { rule: 'BACKEND-27', why: 'binds the engine' },
    { rule: 'BACKEND-26', why: 'binds both ends of the engine' },
    { rule: 'BACKEND-28', why: 'the kit has one driver' },
    { rule: 'BACKEND-29', why: 'the hosts of a backend are not visible from one host' },
    { rule: 'BACKEND-30', why: 'binds the engine' },
    { rule: 'BACKEND-31', why: 'only a backend knows the values of `master` that it serves' },
    { rule: 'BACKEND-32', why: 'binds the engine' },
    { rule: 'BACKEND-33', why: 'permits something' },
    { rule: 'BACKEND-16', why: 'binds the executor’s side of the engine' },
  ],
  withTrial: withBackendTrial,
};

/** Defines the conformance tests of an executor backend. */
export function executorBackendConformance(test: TestFunctions, subject: ExecutorBackendSubject): void {
  defineConformance(test, EXECUTOR_BACKEND_KIT, subject);
}

async function withBackendTrial(
  subject: ExecutorBackendSubject,
  use: (trial: ExecutorBackendTrial) => Promise<void>,
): Promise<void> {
  const made: ExecutorBackendTarget[] = [];
  const createWith: ExecutorBackendTrial['createWith'] = async (served) => {
    const target = await subject.create(served);
    made.push(target);
    return target;
  };
  const program = new StandIn();
  const target = await createWith(program.served);
  try {
    await use({ target, capabilities: subject.capabilities, program, createWith });
  } finally {
    for (const { backend } of made) await backend.stop();
    for (const one of made) await one.dispose?.();
  }
}
