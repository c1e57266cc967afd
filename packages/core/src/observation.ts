// The names for packages that show a running engine: the port of the gauges and the types of a reading. Events, which such
// packages read as well, are names of @millrace/core.

// First: an older Node is refused before any other module runs.
import './node/supported-node.ts';

export { EngineGauges } from './contracts/engine-gauges.ts';
export type {
  EngineReading,
  ExecutorReading,
  LeaseReading,
  LoopDelay,
  ProgramNode,
  ReceiverReading,
  StateReading,
  ThreadReading,
  WatermarkReading,
} from './contracts/engine-gauges.ts';
export type { BlockStoreUsage } from './contracts/block-store.ts';
export type { ReceiverGauges } from './contracts/receiver.ts';
export type { LogFollowers, LogGauges, UnconfirmedWrites } from './contracts/write-ahead-log.ts';
export type {
  CheckpointInfo,
  ExecutorInfo,
  PostponedEvents,
  StateInfo,
  WatermarkInfo,
} from './contracts/streaming-listener.ts';
