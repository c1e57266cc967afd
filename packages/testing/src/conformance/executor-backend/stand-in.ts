// The program run by the kit of executor backends: a stand-in for the engine. The program echoes every message and
// records all events.
import { coreError } from '@millrace/core';
import {
  type ExecutorIdentity,
  type DriverProgram,
  type RunTask,
  type ExecutorProgram,
} from '@millrace/core/engine';
import { anyReceivedBlockInfo } from '../../builders.ts';
import { settle } from '../../settle.ts';

/** The partition of a task that never ends. */
export const HANGING = 1_000_000;

/** The partition of a task that asks the executor named by `rddId`. */
export const ASKS_PEER = 1_000_001;

/** The partition of a task that asks the driver before its own reply. */
export const ASKS_DRIVER = 1_000_002;

/** Plays the engine on the driver's side and in every executor. */
export class StandIn implements DriverProgram {
  readonly fingerprint = 'conformance';
  readonly application = 'conformance';
  readonly shape = ['line 0 of the program of the kit'];
  executors?: number;
  readonly added: string[] = [];
  readonly lost: string[] = [];
  readonly closed: string[] = [];
  readonly identities: ExecutorIdentity[] = [];
  /** Called first after an executor was added. */
  onAdded: (executorId: string) => void = () => undefined;

  readonly driver: DriverProgram['driver'] = {
    ask: async (_kind, request) => {
      const reason = 'executorId' in request ? request.executorId : 'nobody';
      const reply: unknown = { accepted: true, reason };
      return reply as never;
    },
  };

  readonly membership: DriverProgram['membership'] = {
    onExecutorAdded: ({ executorId }) => {
      this.added.push(executorId);
      this.onAdded(executorId);
    },
    onExecutorLost: (executorId) => void this.lost.push(executorId),
  };

  /** The program offered by a remote copy. */
  get served(): ExecutorProgram {
    const { application, fingerprint, shape, createExecutor } = this;
    return { application, fingerprint, shape, createExecutor, close: async () => undefined };
  }

  readonly createExecutor: DriverProgram['createExecutor'] = (identity) => {
    this.identities.push(identity);
    return {
      ask: async (_kind, request) => {
        if (!('task' in request)) return {};
        const { task: name } = request;
        if (name.partition === ASKS_PEER) return (await askPeer(identity, name.rddId)) as never;
        if (name.partition === ASKS_DRIVER) return (await askDriver(identity)) as never;
        if (name.partition === HANGING) await new Promise<never>(() => undefined);
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

/** A task identified by its partition; a negative partition fails, and `HANGING` never ends. */
export function task(partition: number, rddId = 'rdd'): RunTask {
  const name = { batchTime: 1_000, outputOperation: 0, rddId, partition, kind: 'result' as const };
  return { epoch: 1, task: name, attempt: 0, inputs: [] };
}

/** Asks the driver to register a receiver and returns the driver's reply. */
export async function askDriver({ driver, executorId, host }: ExecutorIdentity): Promise<unknown> {
  const reply = await driver.ask('RegisterReceiver', {
    streamId: 7,
    attemptId: 'a',
    receiverName: 'test',
    executorId,
    host,
    run: 1,
  });
  return { ok: true, value: reply };
}

async function askPeer({ peers }: ExecutorIdentity, executorId: string): Promise<unknown> {
  if (peers === undefined) throw new TypeError('a remote executor has no peers');
  await peers.ask(executorId, 'FetchBlock', { epoch: 1, block: anyReceivedBlockInfo() });
  return { ok: true, value: executorId };
}
