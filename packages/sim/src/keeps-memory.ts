// Plans in which no record is lost from memory: a source that never sends a record again then loses none.
import type { Plan } from './plan.ts';

/**
 * True when every process lives until its graceful stop, no storing of a block fails for good, and no batch ends the
 * engine.
 */
export function keepsMemory({
  endings,
  disk,
  failing,
  lasting,
  evictions,
  channels,
  onBatchFailure,
  jobFailureRate,
  program,
  recordErrors,
}: Plan): boolean {
  const { slowMs: _slow, ...failures } = disk;
  const isStored =
    Object.keys(failures).length === 0 &&
    failing === undefined &&
    lasting === undefined &&
    channels.loss === undefined;
  const mayFail =
    jobFailureRate > 0 || program !== undefined || recordErrors !== undefined || evictions !== undefined;
  return endings.length === 0 && isStored && (onBatchFailure !== 'stop' || !mayFail);
}
