// The kit of the `ExecutorBackend` port, for backends that make their executors by `createExecutor`. The program that it
// runs is a stand-in for the engine: it answers every message with what it was asked, and keeps what happened.
import assert from 'node:assert/strict';
import {
  coreError,
  type ExecutorBackend,
  type ExecutorIdentity,
  type ExecutorProgram,
  isMillraceError,
  type RunTask,
} from '@millrace/core';
import { settle } from '../../settle.ts';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import type { ConformanceKit } from '../kit/conformance-kit.ts';
import { defineConformance, type TestFunctions } from '../kit/define-conformance.ts';
import { hook } from '../kit/not-applicable.ts';
import { rejectionOf, told } from '../kit/rejection-of.ts';
import { type TargetSubject, type TargetTrial, withTarget } from '../kit/with-target.ts';

/** A backend for one check. */
export interface ExecutorBackendTarget {
  /** Not started. */
  readonly backend: ExecutorBackend;
  /** Ends an executor without its knowledge, as the death of its process would. */
  kill?(executorId: string): void | Promise<void>;
  dispose?(): void | Promise<void>;
}

/** What a backend claims. */
export interface ExecutorBackendCapabilities {
  /** How many executors the targets bring up. */
  readonly executors: number;
}

/** What the kit is given. */
export type ExecutorBackendSubject = TargetSubject<ExecutorBackendTarget, ExecutorBackendCapabilities>;
/** What each check is given. */
export type ExecutorBackendTrial = TargetTrial<ExecutorBackendTarget, ExecutorBackendCapabilities>;

/** How many looks an executor may take to come up. */
const LOOKS_MAX = 1_000;

const CHECKS: readonly ConformanceCheck<ExecutorBackendTrial>[] = [
  {
    number: 'BACKEND-1.1',
    title: 'start tells of each executor once, and executors answers them in that order',
    look: 'executors that are added without a word, or twice',
    run: async (trial) => {
      const { backend, program } = await started(trial);
      assert.equal(new Set(program.added).size, trial.capabilities.executors);
      assert.equal(program.added.length, trial.capabilities.executors);
      const alive = backend.executors();
      assert.deepEqual(
        alive.map(({ executorId }) => executorId),
        program.added,
      );
      for (const { host, cores } of alive)
        assert(host !== '' && cores >= 1, 'an executor without a host or a core');
    },
  },
  {
    number: 'BACKEND-2.1',
    title: 'an executor is ready for messages when it is added',
    look: 'onExecutorAdded before the endpoint is known',
    run: async (trial) => {
      const answers: Promise<unknown>[] = [];
      const { backend } = trial.target;
      const program = new StandIn((executorId) => answers.push(backend.ask(executorId, 'RunTask', task(0))));
      await backend.start(program);
      await until(() => answers.length === trial.capabilities.executors);
      await Promise.all(answers);
    },
  },
  {
    number: 'BACKEND-3.1',
    title: 'an executor that is gone is told once, is no longer among the living, and does not answer',
    look: 'the end of a thread or process that nobody listens for',
    run: async (trial) => {
      const kill = hook(trial.target, 'kill');
      const { backend, program } = await started(trial);
      const [first = ''] = program.added;
      await kill(first);
      await until(() => program.lost.length > 0);
      await settle();
      assert.deepEqual(program.lost, [first]);
      assert(!backend.executors().some(({ executorId }) => executorId === first));
      await assertUnreachable(backend.ask(first, 'RunTask', task(0)));
    },
  },
  {
    number: 'BACKEND-7.1',
    title: 'a request reaches the executor that it is for, and its reply the asker, many at once',
    look: 'replies that are matched by their order instead of by an id',
    run: async (trial) => {
      const { backend, program } = await started(trial);
      const asks = Array.from({ length: 40 }, (_, i) => {
        const executorId = program.added[i % program.added.length] ?? '';
        return backend.ask(executorId, 'RunTask', task(i)).then((outcome) => ({ i, executorId, outcome }));
      });
      for (const { i, executorId, outcome } of await Promise.all(asks))
        assert.deepEqual(outcome, { ok: true, value: [executorId, i] }, 'a reply of another request');
    },
  },
  {
    number: 'BACKEND-7.2',
    title: 'an error of the executor reaches the asker with its code',
    look: 'errors that lose code and disposition on their way',
    run: async (trial) => {
      const { backend, program } = await started(trial);
      const error = await rejectionOf(backend.ask(program.added[0] ?? '', 'RunTask', task(-1)));
      assert(isMillraceError(error, 'MR_BLOCK_LOST'), `expected MR_BLOCK_LOST, got ${told(error)}`);
      assert.equal(error.disposition, 'fail-batch');
      assert.equal(error.details['blockId'], 'block-1');
    },
  },
  {
    number: 'BACKEND-8.1',
    title: 'asking an executor that nobody knows rejects with MR_EXECUTOR_UNREACHABLE',
    look: 'a request that waits for ever',
    run: async (trial) => {
      const { backend } = await started(trial);
      await assertUnreachable(backend.ask('nobody', 'RunTask', task(0)));
    },
  },
  {
    number: 'BACKEND-9.1',
    title: 'an executor reaches its driver, and is answered',
    look: 'the driver of the identity',
    run: async (trial) => {
      const { program } = await started(trial);
      for (const identity of program.identities) {
        const reply = await identity.driver.ask('RegisterReceiver', {
          streamId: 7,
          attemptId: 'a',
          receiverName: 'test',
          executorId: identity.executorId,
          host: identity.host,
        });
        assert.deepEqual(reply, { accepted: true, reason: identity.executorId });
      }
    },
  },
  {
    number: 'BACKEND-12.1',
    title: 'executors are made by createExecutor, each with an identity of its own',
    look: 'an id that is given twice',
    run: async (trial) => {
      const { program } = await started(trial);
      const ids = program.identities.map(({ executorId }) => executorId);
      assert.deepEqual(ids, program.added);
      assert.equal(new Set(ids).size, ids.length);
    },
  },
  {
    number: 'BACKEND-13.1',
    title: 'stop closes every executor, once, and may be repeated',
    look: 'endpoints that are not closed, or not waited for',
    run: async (trial) => {
      const { backend, program } = await started(trial);
      await backend.stop();
      assert.deepEqual(program.closed.toSorted(), program.added.toSorted());
      await backend.stop();
      assert.equal(program.closed.length, program.added.length);
      assert.deepEqual(backend.executors(), []);
      await assertUnreachable(backend.ask(program.added[0] ?? '', 'RunTask', task(0)));
    },
  },
  {
    number: 'BACKEND-13.2',
    title: 'a backend that was never started can be stopped',
    look: 'a stop that needs what only start sets',
    run: async ({ target }) => target.backend.stop(),
  },
];

/** The checks of `docs/spec/executor-backend.md`. */
export const EXECUTOR_BACKEND_KIT: ConformanceKit<ExecutorBackendSubject, ExecutorBackendTrial> = {
  port: 'ExecutorBackend',
  version: 1,
  spec: 'docs/spec/executor-backend.md',
  checks: CHECKS,
  notCheckable: [
    { rule: 'BACKEND-4', why: 'calls to the membership are synchronous: they cannot overlap' },
    { rule: 'BACKEND-5', why: 'checked with BACKEND-1.1' },
    { rule: 'BACKEND-6', why: 'checked with BACKEND-12.1, as far as one life of a driver goes' },
    { rule: 'BACKEND-10', why: 'it binds the messages' },
    { rule: 'BACKEND-11', why: 'it permits something' },
    { rule: 'BACKEND-14', why: 'it binds the caller' },
    { rule: 'BACKEND-15', why: 'it binds the caller' },
    { rule: 'BACKEND-16', why: 'it binds the executor’s side of the engine' },
    { rule: 'BACKEND-17', why: 'the kit makes its executors in this process' },
    { rule: 'BACKEND-18', why: 'the kit makes its executors in this process' },
    { rule: 'BACKEND-19', why: 'the targets say how many executors they bring up' },
    { rule: 'BACKEND-20', why: 'the kit makes its executors in this process' },
    { rule: 'BACKEND-21', why: 'the kit makes its executors in this process' },
    { rule: 'BACKEND-22', why: 'the kit makes its executors in this process' },
  ],
  withTrial: (subject, use) =>
    withTarget(subject, async (trial) => {
      try {
        await use(trial);
      } finally {
        await trial.target.backend.stop();
      }
    }),
};

/** Defines the conformance tests of an executor backend. */
export function executorBackendConformance(test: TestFunctions, subject: ExecutorBackendSubject): void {
  defineConformance(test, EXECUTOR_BACKEND_KIT, subject);
}

/** The engine's part. */
class StandIn implements ExecutorProgram {
  readonly fingerprint = 'conformance';
  readonly application = 'conformance';
  readonly shape = [];
  readonly added: string[] = [];
  readonly lost: string[] = [];
  readonly closed: string[] = [];
  readonly identities: ExecutorIdentity[] = [];
  readonly #onAdded: (executorId: string) => void;

  constructor(onAdded: (executorId: string) => void = () => undefined) {
    this.#onAdded = onAdded;
  }

  readonly driver: ExecutorProgram['driver'] = {
    ask: async (_kind, request) => {
      const reason = 'executorId' in request ? request.executorId : 'nobody';
      const reply: unknown = { accepted: true, reason };
      return reply as never;
    },
  };

  readonly membership: ExecutorProgram['membership'] = {
    onExecutorAdded: ({ executorId }) => {
      this.added.push(executorId);
      this.#onAdded(executorId);
    },
    onExecutorLost: (executorId) => void this.lost.push(executorId),
  };

  readonly createExecutor: ExecutorProgram['createExecutor'] = (identity) => {
    this.identities.push(identity);
    return {
      ask: async (_kind, request) => {
        const { task: name } = request as RunTask;
        for (let turn = name.partition % 5; turn > 0; turn -= 1) await Promise.resolve();
        if (name.partition < 0) {
          throw coreError('MR_BLOCK_LOST', 'the block is gone', { details: { blockId: 'block-1' } });
        }
        const outcome: unknown = { ok: true, value: [identity.executorId, name.partition] };
        return outcome as never;
      },
      close: async () => {
        await settle();
        this.closed.push(identity.executorId);
      },
    };
  };
}

async function started({
  target: { backend },
  capabilities,
}: ExecutorBackendTrial): Promise<{ readonly backend: ExecutorBackend; readonly program: StandIn }> {
  const program = new StandIn();
  await backend.start(program);
  await until(() => program.added.length >= capabilities.executors);
  return { backend, program };
}

async function until(holds: () => boolean): Promise<void> {
  for (let look = 0; look < LOOKS_MAX && !holds(); look += 1) await settle();
  assert(holds(), 'expected all executors to come, or one to go, and to hear of it');
}

async function assertUnreachable(asking: Promise<unknown>): Promise<void> {
  const error = await rejectionOf(asking);
  assert(
    isMillraceError(error, 'MR_EXECUTOR_UNREACHABLE'),
    `expected MR_EXECUTOR_UNREACHABLE, got ${told(error)}`,
  );
}

/** A task that is known by its partition; a negative one fails. */
function task(partition: number): RunTask {
  const name = { batchTime: 1_000, outputOperation: 0, rddId: 'rdd', partition, kind: 'result' as const };
  return { epoch: 1, task: name, attempt: 0, inputs: [] };
}
