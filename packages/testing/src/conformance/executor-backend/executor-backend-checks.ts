// What is proven of an executor backend: who is told of executors, that messages arrive, and what happens when one of
// them goes. Executors elsewhere, with a copy of the program each, have checks of their own at the end.
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

/** How many looks an executor may take to come up. */
const LOOKS_MAX = 1_000;

/** Checks of a backend. */
export const BACKEND_CHECKS: readonly ConformanceCheck<ExecutorBackendTrial>[] = [
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
      const { target, program } = trial;
      program.onAdded = (executorId) => answers.push(target.backend.ask(executorId, 'RunTask', task(0)));
      await target.backend.start(program);
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
    number: 'BACKEND-8.2',
    title: 'a request to an executor that dies before it answers rejects with MR_EXECUTOR_UNREACHABLE',
    look: 'requests that are under way when an executor goes',
    run: async (trial) => {
      const kill = hook(trial.target, 'kill');
      const { backend, program } = await started(trial);
      const [first = ''] = program.added;
      const asking = assertUnreachable(backend.ask(first, 'RunTask', task(HANGING)));
      // It is awaited below; until then nobody listens.
      asking.catch(() => undefined);
      await settle();
      await kill(first);
      await asking;
    },
  },
  {
    number: 'BACKEND-9.1',
    title: 'an executor reaches its driver, and is answered',
    look: 'the driver of the identity',
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
  {
    number: 'BACKEND-17.1',
    title: 'executors elsewhere are refused when their program differs, and the error has the lines of both',
    look: 'a fingerprint that is not compared, or an error that says no more than that there is a difference',
    run: async (trial) => {
      needsRemote(trial);
      assert.equal(
        trial.target.backend.isRemote,
        true,
        'a backend with executors elsewhere has to say isRemote',
      );
      const other = { ...trial.program.served, fingerprint: 'another', shape: ['line 0 of another program'] };
      const { backend } = await trial.createWith(other);
      const error = await rejectionOf(backend.start(trial.program));
      await backend.stop();
      assert(error !== undefined, 'an executor with another program was taken');
      const text = inspect(error, { depth: 6 });
      for (const line of [...trial.program.shape, ...other.shape])
        assert(text.includes(line), `the error does not say: ${line}`);
    },
  },
  {
    number: 'BACKEND-18.1',
    title: 'executors reach each other when the driver hears of them, and not when they are gone',
    look: 'connections that are made after onExecutorAdded, or that outlive their executor',
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
      assert(asks.length > 0, 'expected two executors at least');
      await Promise.all(asks);
      const [first = '', ...others] = program.added;
      await kill(first);
      await until(() => program.lost.length > 0);
      await settle();
      for (const other of others)
        await assertUnreachable(backend.ask(other, 'RunTask', task(ASKS_PEER, first)));
    },
  },
  {
    number: 'BACKEND-19.1',
    title: 'as many executors come as the program asks for',
    level: 'optional',
    look: 'DriverProgram.executors, before the option of the backend',
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
    title: 'an executor that died is replaced, not at once, under another id',
    level: 'optional',
    look: 'a replacement without a delay, or under the name of the dead',
    run: async (trial) => {
      needsRemote(trial);
      const kill = hook(trial.target, 'kill');
      const pass = hook(trial.target, 'pass');
      const { backend, program } = await started(trial);
      const known = [...program.added];
      await kill(known[0] ?? '');
      await until(() => program.lost.length > 0);
      await settle();
      assert.equal(program.added.length, known.length, 'replaced at once');
      for (let turn = 0; turn < LOOKS_MAX && program.added.length === known.length; turn += 1)
        await pass(100);
      const [replacement = 'nobody'] = program.added.slice(known.length);
      assert(!known.includes(replacement), `${replacement} came back under its name`);
      await backend.ask(replacement, 'RunTask', task(0));
    },
  },
  {
    number: 'BACKEND-21.1',
    title: 'executors that were asked for come, and are counted from then on',
    look: 'wanted: those on their way count',
    run: async (trial) => {
      const { backend, program } = await started(trial);
      const scaling = scalingOf(backend);
      const { executors } = trial.capabilities;
      assert.equal(scaling.wanted, executors);
      assert(scaling.maxUseful >= 1, `maxUseful is ${scaling.maxUseful}`);
      scaling.add(2);
      assert.equal(scaling.wanted, executors + 2, 'those on their way are not counted');
      await until(() => program.added.length >= executors + 2);
      assert.equal(new Set(program.added).size, executors + 2);
      assert.equal(scaling.wanted, executors + 2);
      await backend.ask(program.added.at(-1) ?? '', 'RunTask', task(0));
    },
  },
  {
    number: 'BACKEND-22.1',
    title: 'an executor that is retired is lost at once, is asked nothing, and does not come back',
    look: 'a retirement that waits for the end of the executor before it tells of it, or that is taken for a death',
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
      assert.equal(new Set(program.added).size, program.added.length, 'a later executor has its name');
      assert.deepEqual(program.lost, [first]);
    },
  },
  {
    number: 'BACKEND-23.1',
    title: 'a task that asks the driver before it answers is answered',
    look: 'a driver that takes no question while it waits for a reply',
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
  if (scaling === undefined) throw new NotApplicable('the number of its executors cannot be changed');
  return scaling;
}

function needsRemote({ target: { backend } }: ExecutorBackendTrial): void {
  applies(backend.isRemote === true, 'its executors share the memory of the driver');
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
  assert(holds(), 'expected all executors to come, or one to go, and to hear of it');
}

async function assertUnreachable(asking: Promise<unknown>): Promise<void> {
  const error = await rejectionOf(asking);
  assert(
    isMillraceError(error, 'MR_EXECUTOR_UNREACHABLE'),
    `expected MR_EXECUTOR_UNREACHABLE, got ${told(error)}`,
  );
}
