// The public names of receiving, listed one by one.
export { BlockGenerator } from './block-generator.ts';
export type { BlockGeneratorParts, BlockGeneratorState, GeneratorStopped } from './block-generator-parts.ts';
export { positionIn } from './block-position.ts';
export { BlockReader } from './block-reader.ts';
export type { BlockReaderParts } from './block-reader.ts';
export { BlockIds } from './block-ids.ts';
export type { CutBlock } from './cut-block.ts';
export type { Held } from './holding-bounds.ts';
export type { PushBlock } from './push-loop.ts';
export { RateLimiter } from './rate-limiter.ts';
export type { RateLimiterParts } from './rate-limiter.ts';
export { ReceiverHost } from './receiver-host.ts';
export type { ReceiverHostParts } from './receiver-host.ts';
export type { ReceiverSupervisorState } from './receiver-supervisor.ts';
export type { EndRequest, ReceiverRunParts } from './receiver-run.ts';
export { RECEIVING_ERROR_CODES } from './receiving-errors.ts';
export { resolveReceivingOptions } from './receiving-options.ts';
export type { ReceivingOptions } from './receiving-options.ts';
