// The public names of @millrace/testing, listed one by one.
export { anyExecutor, anyReceivedBlockInfo, anyStoredBlock, recordsBlock, textBlock } from './builders.ts';
export { BreakingProxy } from './breaking-proxy.ts';
export type { BreakingPoint } from './breaking-proxy.ts';
export { sinkReplaySuite } from './conformance/sink-replay-suite.ts';
export type { SinkFault, SinkReplaySuite, SinkTarget } from './conformance/sink-target.ts';
export { problemsThroughKills } from './killed-writer/problems-through-kills.ts';
export type { KilledWriter } from './killed-writer/problems-through-kills.ts';
export { writeSeededBatches } from './killed-writer/write-seeded-batches.ts';
export { MemoryDriverLease, MemoryDriverLeases } from './lease/memory-driver-leases.ts';
export type { MemoryLeaseTimes } from './lease/lease-record.ts';
export { MemoryStorage } from './memory-storage.ts';
export type { MemoryStorageOptions } from './memory-storage.ts';
export { MemoryWriteAheadLogFactory } from './memory-write-ahead-log-factory.ts';
export type {
  MemoryLogEntry,
  MemoryLogWrite,
  MemoryWriteAheadLogOptions,
} from './memory-write-ahead-log-factory.ts';
export { RecordingExecutorBackend } from './recording-executor-backend.ts';
export type { RecordedAsk, ScriptedAnswer } from './recording-executor-backend.ts';
export { RecordingLogger } from './recording-logger.ts';
export type { LogLine } from './recording-logger.ts';
export { RecordingReceiverContext } from './recording-receiver-context.ts';
export type {
  RecordedBlock,
  RecordedMessage,
  RecordingReceiverContextOptions,
} from './recording-receiver-context.ts';
export { settle } from './settle.ts';
export { SettableThreadMeter } from './settable-thread-meter.ts';
export { freePort } from './free-port.ts';
export { TcpProxy } from './tcp-proxy.ts';
export type { TcpProxyOptions } from './tcp-proxy.ts';
export { untilTrue } from './until-true.ts';
export { virtualPorts } from './virtual-ports.ts';
export type { VirtualPorts, VirtualPortsOptions } from './virtual-ports.ts';
export { FaultyStorage } from './faulty-storage.ts';
export type { FaultyStorageOptions } from './faulty-storage.ts';
export type { FaultRates } from './faulty-machine.ts';
export type { FaultyOperation } from './faulty-operation.ts';
export { FaultTally } from './fault-tally.ts';
export type { FaultKind } from './fault-tally.ts';
