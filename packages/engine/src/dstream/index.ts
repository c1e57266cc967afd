// Streams and their graph, as the context and the programs see them.
export { DSTREAM_ERROR_CODES } from './dstream-errors.ts';
export { DStreamGraph } from './dstream-graph.ts';
export type { DStreamGraphParts } from './dstream-graph.ts';
export { DStream } from './dstream.ts';
export type { MapWithStateDStream } from './dstream.ts';
export { FileInputDStream } from './file-input-dstream.ts';
export type { TextFileStreamOptions } from './file-input-dstream.ts';
export type { InputDescription } from './input-dstream.ts';
export type { OutputBatch, OutputDefinition, OutputOperation, OutputPartition } from './output-operation.ts';
export type { PrintOptions } from './print-batch.ts';
export { QueueInputDStream } from './queue-input-dstream.ts';
export type { QueueEntry, QueueStreamOptions } from './queue-input-dstream.ts';
export { ReceiverInputDStream } from './receiver-input-dstream.ts';
export { transformStreams, unionStreams } from './stream-combination.ts';
export type { RddsOf } from './stream-combination.ts';
export type { StreamDefinition } from './stream-node.ts';
export type { StreamOperator } from './stream-operator.ts';
export type { StreamScope } from './stream-scope.ts';
