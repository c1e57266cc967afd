// The rules of the verdict in their fixed order: from the worst level to the best, and by importance within a level.
import type { VerdictRule } from './rule.ts';
import { checkpointFailing, checkpointOld } from './rules/checkpoints.ts';
import { hostLost, leaseUncertain } from './rules/cluster.ts';
import { driverLate } from './rules/driver-late.ts';
import { engineFailed } from './rules/engine-failed.ts';
import { eventsDropped } from './rules/events-dropped.ts';
import { executorLost, spareExecutors } from './rules/executors.ts';
import { fallingBehind } from './rules/falling-behind.ts';
import { heldBatch } from './rules/held-batch.ts';
import { keepingUp } from './rules/keeping-up.ts';
import { limited } from './rules/limited.ts';
import { logFull, logFullSoon } from './rules/log-room.ts';
import { lateRecords, recordErrors, recordsLeftOut } from './rules/lost-records.ts';
import { receiverNotRunning } from './rules/receiver-not-running.ts';

/** All rules. The first one that fires is the title of the verdict. */
export const VERDICT_RULES: readonly VerdictRule[] = Object.freeze([
  heldBatch,
  receiverNotRunning,
  engineFailed,
  logFull,
  fallingBehind,
  limited,
  leaseUncertain,
  checkpointFailing,
  checkpointOld,
  logFullSoon,
  driverLate,
  hostLost,
  executorLost,
  recordsLeftOut,
  recordErrors,
  lateRecords,
  eventsDropped,
  keepingUp,
  spareExecutors,
]);
