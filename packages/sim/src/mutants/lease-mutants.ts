// Defective engines that show only with several drivers of one application.
import type { Mutant } from './mutant.ts';

const STANDBY = { kind: 'test', file: 'packages/engine/src/driver/standby.spec.ts' } as const;

/** See the header of this file. */
export const LEASE_MUTANTS: readonly Mutant[] = [
  {
    name: 'begin-jobs-in-doubt',
    wrong: 'jobs begin although another driver may be in charge soon',
    patches: [
      {
        file: 'engine/src/batches/job-scheduler.ts',
        find: 'if (next === undefined || mayBegin?.() === false) return;',
        replace: 'void mayBegin;\n      if (next === undefined) return;',
      },
    ],
    world: 'cluster',
    finder: STANDBY,
  },
  {
    name: 'stay-without-a-lease',
    wrong: 'a driver that has lost its lease goes on',
    patches: [
      {
        file: 'engine/src/driver/driver-charge.ts',
        find: 'const lose = (): void => onFatal(asError(term.lost.reason));',
        replace: 'const lose = (): void => void [onFatal, asError];',
      },
    ],
    world: 'cluster',
    finder: STANDBY,
  },
  {
    name: 'ignore-the-term',
    wrong: 'the number of the term does not raise the epoch',
    patches: [
      {
        file: 'engine/src/checkpoint/recovery.ts',
        find: 'const epoch = Math.max(nextEpoch, epochMin);',
        replace: 'void epochMin;\n  const epoch = nextEpoch;',
      },
      {
        file: 'engine/src/driver/driver-recovery.ts',
        find: 'const epochMin = Math.max(FIRST_EPOCH, charge.epoch);',
        replace: 'void charge;\n  const epochMin = FIRST_EPOCH;',
      },
    ],
    world: 'cluster',
    finder: STANDBY,
  },
  {
    name: 'record-the-epoch-late',
    wrong: 'the first checkpoint of a driver is written before its epoch',
    patches: [
      {
        file: 'engine/src/driver/driver.ts',
        find: 'await recordEpoch(deps, takeover);\n      await checkpoints?.begin();',
        replace: 'await checkpoints?.begin();\n      await recordEpoch(deps, takeover);',
      },
    ],
    world: 'cluster',
    finder: { kind: 'test', file: 'packages/engine/src/context/restart.spec.ts' },
  },
  {
    name: 'end-the-application-by-a-failure',
    wrong: 'the failure of one driver ends the drivers that stand by',
    patches: [
      {
        file: 'engine/src/context/context-life.ts',
        find: 'const handOver = isHandOver || this.termination.failure !== undefined;',
        replace: 'const handOver = isHandOver;',
      },
    ],
    world: 'cluster',
    finder: STANDBY,
  },
  {
    name: 'fail-while-standing-by',
    wrong: 'the stop of a driver that stands by is a failure of its start',
    patches: [
      {
        file: 'engine/src/driver/driver-charge.ts',
        find: 'if (signal.aborted) return false;',
        replace: 'void signal.aborted;',
      },
    ],
    world: 'cluster',
    finder: STANDBY,
  },
  {
    name: 'release-the-lease-early',
    wrong: 'another driver may take over while executors of this one still run',
    patches: [
      {
        file: 'engine/src/driver/driver-stop.ts',
        find: "await steps.run('executors', deps.executors.backend.stop());",
        replace:
          "await steps.run('lease', deps.charge.end(handOver));\n  await steps.run('executors', deps.executors.backend.stop());",
      },
      {
        file: 'engine/src/driver/driver-stop.ts',
        find: "await steps.run('lease', deps.charge.end(handOver));\n  await steps.run('ports'",
        replace: "await steps.run('ports'",
      },
    ],
    world: 'cluster',
    finder: { kind: 'test', file: 'packages/engine/src/driver/lease-order.spec.ts' },
  },
];
