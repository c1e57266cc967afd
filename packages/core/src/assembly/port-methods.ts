// The functions that the implementation of a port must have. Types hold this for TypeScript; a program in JavaScript, an
// implementation for an earlier contract, or a class given for an instance would fail at the first use, inside a batch.
import { BlockLogKeeper } from '../contracts/block-log-keeper.ts';
import { BlockStore } from '../contracts/block-store.ts';
import { CheckpointStore } from '../contracts/checkpoint-store.ts';
import { Clock } from '../contracts/clock.ts';
import { Codec } from '../contracts/codec.ts';
import { DriverLease } from '../contracts/driver-lease.ts';
import { ExecutorBackend } from '../contracts/executor-backend.ts';
import { Logger } from '../contracts/logger.ts';
import { portName, type PortToken } from '../contracts/port-token.ts';
import { RandomSource } from '../contracts/random-source.ts';
import { RateEstimatorFactory } from '../contracts/rate-estimator.ts';
import { ReceivedBlockHandler } from '../contracts/received-block-handler.ts';
import { ReceiverFactory } from '../contracts/receiver.ts';
import { SchedulingPolicy } from '../contracts/scheduling-policy.ts';
import { Storage } from '../contracts/storage.ts';
import { StreamingListener } from '../contracts/streaming-listener.ts';
import { EngineGauges } from '../contracts/engine-gauges.ts';
import { ThreadMeter } from '../contracts/thread-meter.ts';
import { WriteAheadLogFactory } from '../contracts/write-ahead-log.ts';

/** The names of the functions of a port that are not optional. */
type FunctionsOf<T> = {
  [K in keyof T]-?: undefined extends T[K] ? never : T[K] extends (...args: never) => unknown ? K : never;
}[keyof T] &
  string;

/** The compiler finds a name that is missing here, and a name that the port does not have. */
function methods<T>(
  port: PortToken<T>,
  names: Readonly<Record<FunctionsOf<T>, true>>,
): readonly [PortToken<unknown>, readonly string[]] {
  return [port, Object.keys(names)];
}

const METHODS: ReadonlyMap<PortToken<unknown>, readonly string[]> = new Map([
  methods(BlockLogKeeper, { added: true, allocated: true, released: true, abandoned: true, recovered: true }),
  methods(BlockStore, { put: true, get: true, has: true, remove: true, usage: true }),
  methods(CheckpointStore, {
    write: true,
    newest: true,
    list: true,
    prune: true,
    writePart: true,
    readPart: true,
    listParts: true,
    removePart: true,
  }),
  methods(Clock, {
    now: true,
    monotonicMs: true,
    schedule: true,
    after: true,
    sleepUntil: true,
    sleepFor: true,
  }),
  methods(Codec, { encodeRecords: true, decodeRecords: true }),
  methods(DriverLease, { acquire: true, release: true }),
  methods(EngineGauges, { read: true, program: true }),
  methods(ExecutorBackend, { start: true, executors: true, ask: true, stop: true }),
  methods(Logger, { debug: true, info: true, warn: true, error: true, child: true }),
  methods(RandomSource, { next: true, integer: true, id: true }),
  methods(RateEstimatorFactory, { create: true }),
  methods(ReceivedBlockHandler, {
    storeBlock: true,
    readBlock: true,
    cleanupOldBlocks: true,
    removeBlocks: true,
  }),
  methods(SchedulingPolicy, { scheduleReceivers: true, rescheduleReceiver: true }),
  methods(Storage, {
    open: true,
    list: true,
    stat: true,
    rename: true,
    remove: true,
    makeDirectory: true,
    syncDirectory: true,
    lock: true,
  }),
  methods(StreamingListener, { onEvent: true }),
  methods(ThreadMeter, { read: true }),
  methods(WriteAheadLogFactory, { open: true }),
]);

/** The problem of an implementation, in words; undefined: none. Ports of plugins have no list here. */
export function missingMethods(port: PortToken<unknown>, instance: unknown): string | undefined {
  const name = portName(port);
  if (port === ReceiverFactory) {
    return typeof instance === 'function' ? undefined : 'is no function: bind a function of defineReceiver';
  }
  const missing = (METHODS.get(port) ?? []).filter((method) => !isFunction(instance, method));
  if (missing.length === 0) return undefined;
  const lacks = `lacks ${missing.join(' and ')}`;
  if (typeof instance === 'function' && missing.every((method) => isFunction(instance.prototype, method))) {
    const given = instance.name === '' ? 'a class' : `the class ${instance.name}`;
    return `${lacks}, because it is ${given}: give an instance, made with new`;
  }
  return `${lacks}: see the interface ${name} of @millrace/core`;
}

function isFunction(holder: unknown, method: string): boolean {
  if (holder === undefined || holder === null) return false;
  return typeof Reflect.get(Object(holder) as object, method) === 'function';
}
