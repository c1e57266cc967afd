// What must be left after a clean stop: nothing. An engine holds nothing that is under way, its process has no timer and no
// open file, the directory of checkpoints has the parts that its checkpoints name and nothing else, and a log that
// nothing came into for minutes is short.
import type { StreamingContext } from '@millrace/engine';
import { notAtRest } from '@millrace/engine/internals';
import type { CheckpointsOnDisk } from './checkpoint-files.ts';
import { BLOCKS } from './log-names.ts';
import type { Plan } from './plan.ts';

/** What is looked at after the last stop. */
export interface AtRest {
  readonly plan: Plan;
  readonly ssc: StreamingContext;
  /** Calls of the clock that the driver's process waits for. */
  readonly timers: number;
  /** Files that the driver's process has not closed. */
  readonly openFiles: readonly string[];
  readonly checkpoints: CheckpointsOnDisk;
  /** Checkpoints that the last driver has written. */
  readonly written: number;
  /** Up to which batch the log says that all is done; undefined: it says nothing of that. */
  readonly loggedDoneUpTo: number | undefined;
  /** Segments of each log, by its directory. */
  readonly segments: ReadonlyMap<string, number>;
  readonly violated: (promise: string, what: string) => void;
}

/** How long others take to clean a log without an owner, in ms: they look once a minute, and remove at the third look. */
const ABANDONED_MS = 240_000;

/** Segments that a log may have after minutes without records: those of the last batches, each perhaps in several. */
const SEGMENTS_MAX = 60;

/** Checks all of it. */
export function checkAtRest(rest: AtRest): void {
  const { ssc, timers, openFiles, violated } = rest;
  const { underWay } = ssc.holdings();
  const held = Object.entries(notAtRest(underWay)).map(([name, amount]) => `${name} ${amount}`);
  if (held.length > 0) violated('at rest', `after a clean stop the engine holds ${held.join(', ')}`);
  if (timers > 0) violated('at rest', `after a clean stop the driver waits for ${timers} timers`);
  if (openFiles.length > 0) violated('at rest', `after a clean stop these are open: ${openFiles.join(', ')}`);
  checkCheckpoints(rest);
  checkSegments(rest);
  checkLog(rest);
}

/** What the last checkpoint allows to be cleaned up is in the log: its clean-up comes before the end of the log. */
function checkLog({ checkpoints: { checkpoints }, written, loggedDoneUpTo, violated }: AtRest): void {
  const before = checkpoints.at(-2)?.content;
  if (written < 2 || before === undefined || loggedDoneUpTo === undefined) return;
  if (loggedDoneUpTo >= before.doneUpTo) return;
  violated(
    'at rest',
    `the log was cleaned up to ${loggedDoneUpTo}, two checkpoints are past ${before.doneUpTo}`,
  );
}

/**
 * What the newest checkpoints name is there: as many of them as are kept, at any moment at which no power was lost. A
 * damaged one names nothing.
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
      `that of batch ${batchTime} is kept, and its parts ${missing.join(', ')} are gone`,
    );
    return;
  }
}

/** What kept checkpoints name is there, and nothing else once as many were written as are kept. */
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
      `the newest, of batch ${newest.batchTime}, cannot be read; missing parts: ${missing.join()}`,
    );
  }
  const { checkpointsKept = 3 } = plan.settings ?? {};
  if (written <= checkpointsKept) return;
  if (checkpoints.length > checkpointsKept) {
    violated('checkpoints', `${checkpoints.length} are there, ${checkpointsKept} should be kept`);
  }
  // The last one may have taken the place of another one of the same batch.
  if (written > checkpointsKept + 1 && checkpoints.length < checkpointsKept) {
    violated('checkpoints', `only ${checkpoints.length} are there, ${checkpointsKept} should be kept`);
  }
  const left = parts.filter((part) => !named.has(part));
  if (left.length > 0) violated('checkpoints', `nobody names the parts ${left.join(', ')}`);
  if (others.length > 0) violated('checkpoints', `these were left behind: ${others.join(', ')}`);
}

/** Whether nobody may have owned a log lately: an executor with a log of its own was given up, or its slot is no more. */
function mayBeAbandoned(directory: string): boolean {
  return directory.startsWith(`${BLOCKS}-`);
}

/** Checks that logs are short, where quiet minutes were as many as a clean-up needs. */
export function checkSegments({
  plan,
  segments,
  violated,
}: Pick<AtRest, 'plan' | 'segments' | 'violated'>): void {
  const { quietMs = 0 } = plan;
  if (quietMs === 0) return;
  for (const [directory, count] of segments) {
    if (quietMs < ABANDONED_MS && mayBeAbandoned(directory)) continue;
    if (count > SEGMENTS_MAX) violated('at rest', `the log ${directory} still has ${count} segments`);
  }
}
