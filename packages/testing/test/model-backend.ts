// A backend whose executors each have a copy of the program, either correct or with one defect. All executors run in
// this process. The backend counts as remote because its executors come from the served program and have peers.
import type { ExecutorBackend, ExecutorDescription } from '@millrace/core';
import { coreError } from '@millrace/core';
import {
  type ExecutorEndpoint,
  type DriverProgram,
  type ExecutorScaling,
  type ExecutorProgram,
} from '@millrace/core/engine';
import type { ExecutorBackendTarget } from '../src/conformance/executor-backend/executor-backend-target.ts';

/** A defect of a backend. */
export type BackendBug =
  | 'adds an executor twice'
  | 'announces executors before readiness'
  | 'does not notice a death'
  | 'sends all to the first'
  | 'loses the code of an error'
  | 'never rejects asks of unknown executors'
  | 'forgets pending requests'
  | 'hands over no driver'
  | 'gives two the same id'
  | 'closes nothing'
  | 'cannot stop without a start'
  | 'takes any program'
  | 'connects too late'
  | 'ignores the requested number'
  | 'replaces under the same id'
  | 'counts running executors only'
  | 'reports retirement late'
  | 'answers between tasks only';

const DELAY_MS = 500;

interface Alive {
  readonly description: ExecutorDescription;
  readonly endpoint: ExecutorEndpoint;
  /** Rejects at the loss of the executor. */
  readonly gone: PromiseWithResolvers<never>;
}

/** A target with this defect in its backend; correct without a defect. */
export function modelBackend(served: ExecutorProgram, bug?: BackendBug): ExecutorBackendTarget {
  const backend = new ModelBackend(served, bug);
  return { backend, kill: (id) => backend.kill(id), pass: async (ms) => backend.pass(ms) };
}

class ModelBackend implements ExecutorBackend {
  readonly name = 'model';
  readonly isRemote = true;
  readonly #served: ExecutorProgram;
  readonly #bug: BackendBug | undefined;
  readonly #alive = new Map<string, Alive>();
  /** Executors that the other executors can reach. */
  readonly #connected = new Set<string>();
  /** Pending requests of executors. */
  readonly #underWay = new Set<Promise<unknown>>();
  #program: DriverProgram | undefined;
  #dead: { readonly id: string; leftMs: number }[] = [];
  #lives = 0;
  #wanted = 0;
  readonly scaling: ExecutorScaling;

  constructor(served: ExecutorProgram, bug: BackendBug | undefined) {
    this.#served = served;
    this.#bug = bug;
    const wanted = (): number => (bug === 'counts running executors only' ? this.#alive.size : this.#wanted);
    this.scaling = {
      get wanted() {
        return wanted();
      },
      maxUseful: 8,
      add: (count) => this.#add(count),
      retire: (executorId) => this.#retire(executorId),
    };
  }

  async start(program: DriverProgram): Promise<void> {
    this.#program = program;
    if (program.fingerprint !== this.#served.fingerprint && this.#bug !== 'takes any program')
      throw new Error(`expected ${program.shape.join()}, got ${this.#served.shape.join()}`);
    const count = this.#bug === 'ignores the requested number' ? 3 : (program.executors ?? 3);
    this.#wanted = Number(count);
    for (let index = 0; index < Number(count); index += 1) {
      const isTwin = this.#bug === 'gives two the same id' && index === 2;
      this.#launch(`executor-${isTwin ? 1 : index}`);
    }
  }

  executors(): readonly ExecutorDescription[] {
    return [...this.#alive.values()].map(({ description }) => description);
  }

  readonly ask: ExecutorBackend['ask'] = async (executorId, kind, request) => {
    const alive = this.#alive.get(this.#bug === 'sends all to the first' ? 'executor-0' : executorId);
    if (alive === undefined) {
      if (this.#bug === 'never rejects asks of unknown executors') await new Promise(() => undefined);
      throw unreachable();
    }
    const asking = alive.endpoint.ask(kind, request);
    this.#underWay.add(asking);
    const done = () => void this.#underWay.delete(asking);
    asking.then(done, done);
    if (this.#bug === 'forgets pending requests') return asking;
    if (this.#bug !== 'loses the code of an error') return Promise.race([asking, alive.gone.promise]);
    return asking.catch((error: Error) => Promise.reject(new Error(error.message)));
  };

  async stop(): Promise<void> {
    if (this.#program === undefined && this.#bug === 'cannot stop without a start')
      throw new TypeError('not started');
    const endpoints = [...this.#alive.values()];
    this.#alive.clear();
    if (this.#bug !== 'closes nothing') await Promise.all(endpoints.map(({ endpoint }) => endpoint.close()));
  }

  kill(id: string): void {
    if (this.#bug === 'does not notice a death') return;
    this.#alive.get(id)?.gone.reject(unreachable());
    this.#alive.delete(id);
    this.#connected.delete(id);
    this.#program?.membership.onExecutorLost(id, 'killed');
    this.#dead.push({ id, leftMs: DELAY_MS });
  }

  pass(ms: number): void {
    for (const dead of this.#dead) dead.leftMs -= ms;
    const due = this.#dead.filter(({ leftMs }) => leftMs <= 0);
    this.#dead = this.#dead.filter(({ leftMs }) => leftMs > 0);
    for (const { id } of due) {
      this.#lives += 1;
      this.#launch(this.#bug === 'replaces under the same id' ? id : `${id}.${this.#lives}`);
    }
  }

  #add(count: number): void {
    this.#wanted += count;
    for (let more = 0; more < count; more += 1) {
      this.#lives += 1;
      const executorId = `more-${this.#lives}`;
      queueMicrotask(() => this.#launch(executorId));
    }
  }

  async #retire(executorId: string): Promise<void> {
    const retired = this.#alive.get(executorId);
    if (retired === undefined) return;
    this.#wanted -= 1;
    this.#alive.delete(executorId);
    this.#connected.delete(executorId);
    if (this.#bug === 'reports retirement late') await Promise.resolve();
    this.#program?.membership.onExecutorLost(executorId, 'retired');
    await retired.endpoint.close();
  }

  #driverFor(driver: DriverProgram['driver']): DriverProgram['driver'] {
    if (this.#bug === 'hands over no driver') return { ask: () => Promise.reject(unreachable()) };
    if (this.#bug !== 'answers between tasks only') return driver;
    return {
      ask: async (kind, request) => {
        await Promise.resolve();
        await Promise.allSettled(this.#underWay);
        return driver.ask(kind, request);
      },
    };
  }

  #launch(executorId: string): void {
    const { driver, membership } = this.#program as DriverProgram;
    const description = { executorId, host: 'here', cores: 1 };
    const bug = this.#bug;
    if (bug === 'announces executors before readiness') membership.onExecutorAdded(description);
    const endpoint = this.#served.createExecutor({
      ...description,
      driver: this.#driverFor(driver),
      peers: {
        ask: async (id, kind, request) => {
          const other = this.#connected.has(id) ? this.#alive.get(id) : undefined;
          if (other === undefined) throw unreachable();
          return other.endpoint.ask(kind, request);
        },
      },
    });
    const gone = Promise.withResolvers<never>();
    // There may be no pending request at the loss.
    gone.promise.catch(() => undefined);
    this.#alive.set(executorId, { description, endpoint, gone });
    if (bug !== 'connects too late') this.#connected.add(executorId);
    if (bug !== 'announces executors before readiness') membership.onExecutorAdded(description);
    if (bug === 'adds an executor twice') membership.onExecutorAdded(description);
    this.#connected.add(executorId);
  }
}

function unreachable(): Error {
  return coreError('MR_EXECUTOR_UNREACHABLE', 'not alive');
}
