// Checks for leftovers after a clean stop. The engine must hold no pending work, its process no timer and no open file.
// The directory of checkpoints must hold exactly the parts referenced by its checkpoints. A log without new entries for
// minutes must be short.
import type { StreamingContext } from '@millrace/engine';
import { notAtRest } from '@millrace/engine/internals';
import type { CheckpointsOnDisk } from './checkpoint-files.ts';
import { BLOCKS } from './log-names.ts';
import type { Plan } from './plan.ts';
import { lookBackOf } from './program/look-back.ts';
import { WINDOW } from './sim-program.ts';

/** The input of the checks after the last stop. */
export interface AtRest {
  readonly plan: Plan;
  readonly ssc: StreamingContext;
  /** Pending calls of the clock of the driver's process. */
  readonly timers: number;
  /** Open files of the driver's process. */
  readonly openFiles: readonly string[];
  readonly checkpoints: CheckpointsOnDisk;
  /** The number of checkpoints written by the last driver. */
  readonly written: number;
  /** The last completed batch according to the log; undefined when the log has no such entry. */
  readonly loggedDoneUpTo: number | undefined;
  /** The first batch after the last left-out batches; undefined when no batch was left out. */
  readonly lastGapEnd: number | undefined;
  /** The number of segments of each log, by directory. */
  readonly segments: ReadonlyMap<string, number>;
  readonly violated: (promise: string, what: string) => void;
}

/**
 * The time, in ms, until other processes clean a log without an owner: such logs are checked once a minute and removed
 * at the third check.
 */
const ABANDONED_MS = 240_000;

/** The number of segments of a log after minutes without records: those of the last batches. */
const SEGMENTS_MAX = 60;
/** With a segment for every group of writes: a batch has an allocation, a clean-up, and the note of the done batches. */
const SEGMENTS_PER_BATCH = 3;
/** The batches of the last checkpoints, in addition to those over which the program looks back, and those of the stop. */
const LATE_BATCHES = 8;

/** Runs all checks. */
export function checkAtRest(rest: AtRest): void {
  const { ssc, timers, openFiles, violated } = rest;
  const { underWay } = ssc.holdings();
  const held = Object.entries(notAtRest(underWay)).map(([name, amount]) => `${name} ${amount}`);
  if (held.length > 0) violated('at rest', `after a clean stop the engine holds ${held.join(', ')}`);
  if (timers > 0) violated('at rest', `after a clean stop the driver waits for ${timers} timers`);
  if (openFiles.length > 0)
    violated('at rest', `after a clean stop open files remain: ${openFiles.join(', ')}`);
  checkCheckpoints(rest);
  checkSegments(rest);
  checkLog(rest);
}

/**
 * The number of batches after left-out ones that still need the batches before: a window and the window before, and two
 * batches to which blocks of a left-out batch may have gone.
 */
const LOOK_BACK = WINDOW.batches + WINDOW.slide + 2;

/**
 * The log contains a clean-up as far as the last checkpoint allows, because the clean-up precedes the end of the log.
 * Shortly after left-out batches there may be nothing to clean up.
 */
export function checkLog({
  plan,
  checkpoints: { checkpoints },
  written,
  loggedDoneUpTo,
  lastGapEnd,
  violated,
}: Pick<AtRest, 'plan' | 'checkpoints' | 'written' | 'loggedDoneUpTo' | 'lastGapEnd' | 'violated'>): void {
  const before = checkpoints.at(-2)?.content;
  if (written < 2 || before === undefined) return;
  if (lastGapEnd === undefined && loggedDoneUpTo === undefined) return;
  if (lastGapEnd !== undefined && before.doneUpTo <= lastGapEnd + LOOK_BACK * plan.batchIntervalMs) return;
  if (loggedDoneUpTo !== undefined && loggedDoneUpTo >= before.doneUpTo) return;
  violated(
    'at rest',
    `the log was cleaned up to ${loggedDoneUpTo}, two checkpoints are past ${before.doneUpTo}`,
  );
}

/**
 * The parts of the newest checkpoints exist, for as many checkpoints as are kept, at any moment before the first power
 * loss. A damaged checkpoint references no parts.
 */
export function checkKeptParts(
  { checkpoints, parts }: CheckpointsOnDisk,
  kept: number,
  violated: AtRest['violated'],
): void {
  for (const { batchTime, content } of checkpoints.slice(-kept)) {
    const missing = content?.parts.filter((part) => !parts.includes(part)) ?? [];
    if (missing.length === 0) continue;
    violated(
      'checkpoints',
      `the checkpoint of batch ${batchTime} is kept, and its parts ${missing.join(', ')} are missing`,
    );
    return;
  }
}

/** The parts of kept checkpoints exist, and no others remain once enough checkpoints were written. */
function checkCheckpoints({ plan, checkpoints: found, written, violated }: AtRest): void {
  const { checkpoints, parts, damagedParts, others } = found;
  const newest = checkpoints.at(-1);
  if (newest === undefined) return;
  const named = new Set(checkpoints.flatMap(({ content }) => content?.parts ?? []));
  const { parts: needed = [] } = newest.content ?? {};
  const missing = needed.filter((part) => !parts.includes(part) || damagedParts.has(part));
  if (newest.content === undefined || missing.length > 0) {
    violated(
      'checkpoints',
      `the newest checkpoint, of batch ${newest.batchTime}, is unreadable; missing parts: ${missing.join()}`,
    );
  }
  const { checkpointsKept = 3 } = plan.settings ?? {};
  if (written <= checkpointsKept) return;
  if (checkpoints.length > checkpointsKept) {
    violated('checkpoints', `${checkpoints.length} checkpoints exist, ${checkpointsKept} should be kept`);
  }
  // The last checkpoint may have replaced another checkpoint of the same batch.
  if (written > checkpointsKept + 1 && checkpoints.length < checkpointsKept) {
    violated(
      'checkpoints',
      `only ${checkpoints.length} checkpoints exist, ${checkpointsKept} should be kept`,
    );
  }
  const left = parts.filter((part) => !named.has(part));
  if (left.length > 0) violated('checkpoints', `no checkpoint references the parts ${left.join(', ')}`);
  if (others.length > 0) violated('checkpoints', `left behind: ${others.join(', ')}`);
}

/**
 * True when a log may have lacked an owner recently: an executor with a log was given up, or its slot no longer exists.
 */
function mayBeAbandoned(directory: string): boolean {
  return directory.startsWith(`${BLOCKS}-`);
}

/** Checks that logs are short after enough quiet minutes for a clean-up. */
export function checkSegments({
  plan,
  segments,
  violated,
}: Pick<AtRest, 'plan' | 'segments' | 'violated'>): void {
  const { quietMs = 0, program } = plan;
  if (quietMs === 0) return;
  const lookBack = program === undefined ? 0 : lookBackOf(program);
  const most = Math.max(SEGMENTS_MAX, SEGMENTS_PER_BATCH * (lookBack + LATE_BATCHES));
  for (const [directory, count] of segments) {
    if (quietMs < ABANDONED_MS && mayBeAbandoned(directory)) continue;
    if (count > most) violated('at rest', `the log ${directory} still has ${count} segments`);
  }
}
