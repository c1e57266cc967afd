// Surviving the death of the driver, as the context sees it.
export { decodeCheckpoint, encodeCheckpoint } from './checkpoint-content.ts';
export type {
  CheckpointContent,
  CheckpointedOperator,
  CheckpointedOperatorState,
} from './checkpoint-content.ts';
export { CHECKPOINT_ERROR_CODES } from './checkpoint-errors.ts';
export { CheckpointWriter } from './checkpoint-writer.ts';
export { operatorsOf } from './match-program.ts';
export type { Identity } from './match-program.ts';
export { recover } from './recovery.ts';
