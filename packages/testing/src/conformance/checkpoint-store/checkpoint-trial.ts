// What the checks of checkpoint stores share: their trial, and text as the bytes of a checkpoint.
import type { TargetTrial } from '../kit/with-target.ts';
import type {
  CheckpointStoreCapabilities,
  CheckpointStoreTarget,
  ManagedCheckpointStore,
} from './checkpoint-store-target.ts';

/** What each check is given. */
export type CheckpointTrial = TargetTrial<CheckpointStoreTarget, CheckpointStoreCapabilities>;

/** At how many points a write is cut off: more than any write has operations. */
export const CUTS = 12;

/** A store over the target's place, opened where it can be. */
export async function opened(target: CheckpointStoreTarget): Promise<ManagedCheckpointStore> {
  const store = target.createStore();
  await store.open?.();
  return store;
}
