// Shared by the checks of checkpoint stores: the trial, and text as the bytes of a checkpoint.
import type { TargetTrial } from '../kit/with-target.ts';
import type {
  CheckpointStoreCapabilities,
  CheckpointStoreTarget,
  ManagedCheckpointStore,
} from './checkpoint-store-target.ts';

/** The input of each check. */
export type CheckpointTrial = TargetTrial<CheckpointStoreTarget, CheckpointStoreCapabilities>;

/** The number of points at which a write is interrupted: more than any write has operations. */
export const CUTS = 12;

/** A store over the target's location, opened where the store has an open. */
export async function opened(target: CheckpointStoreTarget): Promise<ManagedCheckpointStore> {
  const store = target.createStore();
  await store.open?.();
  return store;
}
