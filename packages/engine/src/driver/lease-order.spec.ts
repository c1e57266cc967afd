// The place of the lease in the life of a driver: first at the start, last at the stop.
import {
  definePlugin,
  ExecutorBackend,
  type ManagedResource,
  type Plugin,
  pluginModule,
  type WriteAheadLog,
  WriteAheadLogFactory,
} from '@millrace/core';
import { DriverLease, type DriverTerm } from '@millrace/core/engine';
import { MemoryDriverLeases, MemoryWriteAheadLogFactory, settle, virtualPorts } from '@millrace/testing';
import { expect, it } from 'vitest';
import { InProcessExecutorBackend } from '../executor/in-process-executor-backend.ts';
import { StreamingContext } from '../context/streaming-context.ts';

/** Ports that note their calls. */
function notingPorts(steps: string[], lease: DriverLease): Plugin {
  const logs = new MemoryWriteAheadLogFactory();
  const notingLease: DriverLease & ManagedResource = {
    open: async () => void steps.push('ports opened'),
    acquire: async (request): Promise<DriverTerm> => {
      steps.push('lease asked for');
      const term = await lease.acquire(request);
      steps.push('in charge');
      return term;
    },
    release: async ({ handOver }) => {
      steps.push(`lease released, handOver ${handOver}`);
      await lease.release({ handOver });
    },
    close: async () => void steps.push('ports closed'),
  };
  const open = async (name: string): Promise<WriteAheadLog> => {
    steps.push('log opened');
    const log = await logs.open(name);
    return {
      write: (payload, timeMs) => log.write(payload, timeMs),
      read: (handle) => log.read(handle),
      readAll: () => log.readAll(),
      clean: (thresholdMs) => log.clean(thresholdMs),
      close: async () => {
        await log.close();
        // A close may be repeated.
        if (!steps.includes('log closed')) steps.push('log closed');
      },
    };
  };
  const backend = new InProcessExecutorBackend();
  const notingBackend: ExecutorBackend = {
    name: 'noting',
    start: async (program) => {
      steps.push('executors started');
      await backend.start(program);
    },
    executors: () => backend.executors(),
    ask: (...args) => backend.ask(...args),
    stop: async () => {
      await backend.stop();
      steps.push('executors ended');
    },
  };
  return definePlugin({
    name: 'noting-ports',
    version: '1.0.0',
    contract: 1,
    provides: [DriverLease, WriteAheadLogFactory, ExecutorBackend],
    optionsSchema: { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } },
    module: () =>
      pluginModule((bind) => {
        bind(DriverLease).toResolvedValue(() => notingLease);
        bind(WriteAheadLogFactory).toConstantValue({ open });
        bind(ExecutorBackend).toConstantValue(notingBackend);
      }),
  })({});
}

it('is asked for before anything durable is read, and released when nothing writes any more (LEASE-13)', async () => {
  const steps: string[] = [];
  const { clock, plugin } = virtualPorts();
  const lease = new MemoryDriverLeases().driver('a', clock);
  const ssc = new StreamingContext({
    appName: 'order',
    batchIntervalMs: 1_000,
    plugins: [plugin, notingPorts(steps, lease)],
  });
  ssc.queueStream([[1]]).foreachRDD(() => {});
  await ssc.start();
  await ssc.stop();
  await settle();
  expect(steps).toEqual([
    'ports opened',
    'lease asked for',
    'in charge',
    'log opened',
    'executors started',
    'log closed',
    'executors ended',
    'lease released, handOver false',
    'ports closed',
  ]);
});
