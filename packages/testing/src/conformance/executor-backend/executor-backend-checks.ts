// Checks of an executor backend: announcements of executors, delivery of messages, and the loss of an executor. Remote
// executors, each with a copy of the program, have separate checks at the end.
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { type ExecutorBackend, isMillraceError } from '@millrace/core';
import type { ExecutorScaling } from '@millrace/core/engine';
import { settle } from '../../settle.ts';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies, hook, NotApplicable } from '../kit/not-applicable.ts';
import { rejectionOf, told } from '../kit/rejection-of.ts';
import type { ExecutorBackendTrial } from './executor-backend-target.ts';
import { askDriver, ASKS_DRIVER, ASKS_PEER, HANGING, type StandIn, task } from './stand-in.ts';

/** The maximum number of polls until an executor is up. */
const LOOKS_MAX = 1_000;

/** Checks of a backend. */
export const BACKEND_CHECKS: readonly ConformanceCheck<ExecutorBackendTrial>[] = [
  {
    number: 'BACKEND-1.1',
    title:
      'start announces each executor once, and executors lists the announced executors in the same order',
    look: 'executors added without an announcement, or with two',
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
    title: 'an announced executor is ready for messages',
    look: 'onExecutorAdded before the endpoint is known',
    run: async (trial) => {
      const answers: Promise<unknown>[] = [];
      const { target, program } = trial;
      program.onAdded = (executorId) => answers.push(target.backend.ask(executorId, 'RunTask', task(0)));
      await target.backend.start(program);
      await until(() => answers.length === trial.capabilities.executors);
      await Promise.all(answers);
    },
  },
  {
    number: 'BACKEND-3.1',
    title:
      'the loss of an executor is reported once; a lost executor is no longer listed and does not answer',
    look: 'the end of a thread or process without a listener',
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
    title:
      'a request reaches the addressed executor and the reply reaches the caller, with many requests at once',
    look: 'replies matched by order instead of by id',
    run: async (trial) => {
      const { backend, program } = await started(trial);
      const asks = Array.from({ length: 40 }, (_, i) => {
        const executorId = program.added[i % program.added.length] ?? '';
        return backend.ask(executorId, 'RunTask', task(i)).then((outcome) => ({ i, executorId, outcome }));
      });
      for (const { i, executorId, outcome } of await Promise.all(asks))
        assert.deepEqual(
          outcome,
          { ok: true, value: [executorId, i] },
          'the reply belongs to another request',
        );
    },
  },
  {
    number: 'BACKEND-7.2',
    title: 'an error of the executor reaches the caller with its code',
    look: 'errors that lose code and disposition in transit',
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
    title: 'asking an unknown executor rejects with MR_EXECUTOR_UNREACHABLE',
    look: 'a request that waits forever',
    run: async (trial) => {
      const { backend } = await started(trial);
      await assertUnreachable(backend.ask('nobody', 'RunTask', task(0)));
    },
  },
  {
    number: 'BACKEND-8.2',
    title: 'a pending request to a dying executor rejects with MR_EXECUTOR_UNREACHABLE',
    look: 'requests pending at the loss of an executor',
    run: async (trial) => {
      const kill = hook(trial.target, 'kill');
      const { backend, program } = await started(trial);
      const [first = ''] = program.added;
      const asking = assertUnreachable(backend.ask(first, 'RunTask', task(HANGING)));
      // Awaited below; the rejection has no observer until then.
      asking.catch(() => undefined);
      await settle();
      await kill(first);
      await asking;
    },
  },
  {
    number: 'BACKEND-9.1',
    title: 'a request of an executor reaches the driver and is answered',
    look: 'the driver endpoint of the identity',
    run: async (trial) => {
      const { program } = await started(trial);
      for (const identity of program.identities) {
        const value = { accepted: true, reason: identity.executorId };
        assert.deepEqual(await askDriver(identity), { ok: true, value });
      }
    },
  },
  {
    number: 'BACKEND-12.1',
    title: 'createExecutor makes every executor, each with a distinct identity',
    look: 'an id assigned twice',
    run: async (trial) => {
      const { program } = await started(trial);
      const ids = program.identities.map(({ executorId }) => executorId);
      assert.deepEqual(ids, program.added);
      assert.equal(new Set(ids).size, ids.length);
    },
  },
  {
    number: 'BACKEND-13.1',
    title: 'stop closes every executor once and may be repeated',
    look: 'endpoints that are not closed, or whose close is not awaited',
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
    title: 'stop works on a backend that was never started',
    look: 'a stop that needs fields set by start',
    run: async ({ target }) => target.backend.stop(),
  },
  {
    number: 'BACKEND-17.1',
    title:
      'remote executors with a different program are refused, and the error shows the lines of both programs',
    look: 'a fingerprint that is not compared, or an error that states only that a difference exists',
    run: async (trial) => {
      needsRemote(trial);
      assert.equal(trial.target.backend.isRemote, true, 'a backend with remote executors must set isRemote');
      const other = { ...trial.program.served, fingerprint: 'another', shape: ['line 0 of another program'] };
      const { backend } = await trial.createWith(other);
      const error = await rejectionOf(backend.start(trial.program));
      await backend.stop();
      assert(error !== undefined, 'an executor with another program was accepted');
      const text = inspect(error, { depth: 6 });
      for (const line of [...trial.program.shape, ...other.shape])
        assert(text.includes(line), `the error does not contain: ${line}`);
    },
  },
  {
    number: 'BACKEND-18.1',
    title: 'executors reach each other once the driver knows both, and no longer after a loss',
    look: 'connections made after onExecutorAdded, or connections that outlive their executor',
    run: async (trial) => {
      needsRemote(trial);
      const kill = hook(trial.target, 'kill');
      const { target, program } = trial;
      const { backend } = target;
      const asks: Promise<unknown>[] = [];
      program.onAdded = (newest) => {
        const others = program.added.filter((other) => other !== newest);
        for (const other of others) asks.push(backend.ask(other, 'RunTask', task(ASKS_PEER, newest)));
      };
      await backend.start(program);
      await until(() => program.added.length >= trial.capabilities.executors);
      assert(asks.length > 0, 'expected at least two executors');
      await Promise.all(asks);
      const [first = '', ...others] = program.added;
      await kill(first);
      await until(() => program.lost.length > 0);
      await settle();
      if (trial.capabilities.isPeerLossSilent === true)
        for (const other of others) await backend.ask(other, 'PeerGone', { epoch: 1, executorId: first });
      for (const other of others)
        await assertUnreachable(backend.ask(other, 'RunTask', task(ASKS_PEER, first)));
    },
  },
  {
    number: 'BACKEND-19.1',
    title: 'the backend starts the number of executors requested by the program',
    level: 'optional',
    look: 'DriverProgram.executors, which overrides the option of the backend',
    run: async (trial) => {
      needsRemote(trial);
      const { target, program } = trial;
      program.executors = trial.capabilities.executors + 1;
      await target.backend.start(program);
      await until(() => program.added.length >= trial.capabilities.executors);
      await settle();
      assert.equal(program.added.length, trial.capabilities.executors + 1);
    },
  },
  {
    number: 'BACKEND-20.1',
    title: 'a dead executor is replaced, after a delay and under another id',
    level: 'optional',
    look: 'a replacement without a delay, or under the id of the dead executor',
    run: async (trial) => {
      needsRemote(trial);
      const kill = hook(trial.target, 'kill');
      const pass = hook(trial.target, 'pass');
      const { backend, program } = await started(trial);
      const known = [...program.added];
      await kill(known[0] ?? '');
      await until(() => program.lost.length > 0);
      await settle();
      assert.equal(program.added.length, known.length, 'replaced without a delay');
      for (let turn = 0; turn < LOOKS_MAX && program.added.length === known.length; turn += 1)
        await pass(100);
      const [replacement = 'nobody'] = program.added.slice(known.length);
      assert(!known.includes(replacement), `${replacement} reused the id of a dead executor`);
      await backend.ask(replacement, 'RunTask', task(0));
    },
  },
  {
    number: 'BACKEND-21.1',
    title: 'requested executors arrive and are counted from the request on',
    look: 'wanted: starting executors count',
    run: async (trial) => {
      const { backend, program } = await started(trial);
      const scaling = scalingOf(backend);
      const { executors } = trial.capabilities;
      assert.equal(scaling.wanted, executors);
      assert(scaling.maxUseful >= 1, `maxUseful is ${scaling.maxUseful}`);
      scaling.add(2);
      assert.equal(scaling.wanted, executors + 2, 'starting executors are not counted');
      await until(() => program.added.length >= executors + 2);
      assert.equal(new Set(program.added).size, executors + 2);
      assert.equal(scaling.wanted, executors + 2);
      await backend.ask(program.added.at(-1) ?? '', 'RunTask', task(0));
    },
  },
  {
    number: 'BACKEND-22.1',
    title: 'a retired executor is lost at once, gets no requests and does not come back',
    look: 'a retirement that waits for the end of the executor before the report, or that is treated as a death',
    run: async (trial) => {
      const { backend, program } = await started(trial);
      const scaling = scalingOf(backend);
      const [first = ''] = program.added;
      const retiring = scaling.retire(first);
      assert.deepEqual(program.lost, [first], 'onExecutorLost was not called before retire returned');
      assert(!backend.executors().some(({ executorId }) => executorId === first));
      assert.equal(scaling.wanted, trial.capabilities.executors - 1);
      await assertUnreachable(backend.ask(first, 'RunTask', task(0)));
      await retiring;
      await scaling.retire('nobody');
      for (let turn = 0; turn < 20; turn += 1) await trial.target.pass?.(1_000);
      await settle();
      assert.equal(program.added.length, trial.capabilities.executors, 'a retired executor was replaced');
      scaling.add(1);
      await until(() => program.added.length > trial.capabilities.executors);
      assert.equal(new Set(program.added).size, program.added.length, 'a later executor reused the id');
      assert.deepEqual(program.lost, [first]);
    },
  },
  {
    number: 'BACKEND-23.1',
    title: 'a task that asks the driver before its own reply is answered',
    look: 'a driver that accepts no request while waiting for a reply',
    run: async (trial) => {
      const { backend, program } = await started(trial);
      for (const executorId of program.added) {
        const outcome = await backend.ask(executorId, 'RunTask', task(ASKS_DRIVER));
        assert.deepEqual(outcome, { ok: true, value: { accepted: true, reason: executorId } });
      }
    },
  },
];

function scalingOf({ scaling }: ExecutorBackend): ExecutorScaling {
  if (scaling === undefined) throw new NotApplicable('the number of executors cannot be changed');
  return scaling;
}

function needsRemote({ target: { backend } }: ExecutorBackendTrial): void {
  applies(backend.isRemote === true, 'the executors share the memory of the driver');
}

async function started({
  target: { backend },
  capabilities,
  program,
}: ExecutorBackendTrial): Promise<{ readonly backend: ExecutorBackend; readonly program: StandIn }> {
  await backend.start(program);
  await until(() => program.added.length >= capabilities.executors);
  return { backend, program };
}

async function until(holds: () => boolean): Promise<void> {
  for (let look = 0; look < LOOKS_MAX && !holds(); look += 1) await settle();
  assert(holds(), 'expected all executors to arrive, or the loss of one to be reported');
}

async function assertUnreachable(asking: Promise<unknown>): Promise<void> {
  const error = await rejectionOf(asking);
  assert(
    isMillraceError(error, 'MR_EXECUTOR_UNREACHABLE'),
    `expected MR_EXECUTOR_UNREACHABLE, got ${told(error)}`,
  );
}
