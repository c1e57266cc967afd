// The checkers: the required outside view of a world, whatever faults occurred. The checkers know the promises, the
// sources and the ledger, and know nothing of the engine. Some promises are watched at every step elsewhere (REC-2 by
// the source, BAT-3 and BAT-4 by the ledger, WAL-3 by the disk, STP-1 by the world); these checkers look at all data
// together.
import { checkEventTime, checkEventTimeIsWhole } from './check-event-time.ts';
import { checkRecordErrors } from './check-record-errors.ts';
import { checkLeftOut } from './hear-counts.ts';
import { keepsMemory } from './keeps-memory.ts';
import { historyOf, type InputHistory } from './input-history.ts';
import { halvesOf, knownAnswer } from './known-answers.ts';
import { checkKnownSinks } from './check-known-sinks.ts';
import type { Ledger } from './ledger.ts';
import type { Plan } from './plan.ts';
import { checkProgram } from './program/check-program.ts';
import { MAX_RECORDS_PER_BLOCK } from './sim-engine.ts';
import { rawOutput } from './sim-program.ts';
import type { SimRecord } from './sim-record.ts';
import type { SimSource } from './sim-source.ts';
import type { Evidence } from './evidence.ts';

/** Checks the properties that hold at any moment, including moments with unfinished work. */
export function checkAlways(evidence: Evidence): void {
  for (const source of evidence.sources) checkStream(evidence, source);
  for (const source of evidence.sources) checkWaiting(evidence, source);
  checkBatchTimes(evidence);
  const history = historyOf(evidence);
  if (history === undefined) return;
  checkAnswers(evidence, history);
  checkEventTime(evidence, history);
  checkRecordErrors(evidence, history, false);
  checkProgram(evidence, history, false);
}

/** Checks the properties that hold once the faults are over and the engine has finished. */
export function checkFinished(evidence: Evidence): void {
  checkAlways(evidence);
  const { plan, sources, ledger, violated } = evidence;
  const history = historyOf(evidence);
  if (history !== undefined) checkAnswersAreWhole(evidence, history);
  if (history !== undefined) checkEventTimeIsWhole(evidence, history);
  if (history !== undefined) checkRecordErrors(evidence, history, true);
  if (history !== undefined) checkProgram(evidence, history, true);
  if (history !== undefined) checkKnownSinks(evidence, history);
  for (const source of sources) checkBlocks(evidence, source);
  checkLeftOut(evidence);
  for (const source of sources)
    checkLosses(
      { ledger, violated },
      source,
      (number) =>
        source.isReplayable || source.isAcknowledged(number) || isOwedByMemory(plan, source, number),
    );
}

/** Records of a source that sends each record once are owed where no memory is lost. */
function isOwedByMemory(plan: Plan, { sendsOnce, lostBelow }: SimSource, number: number): boolean {
  return sendsOnce && number >= lostBelow && keepsMemory(plan);
}

/**
 * Checks an engine that does not finish: all records acknowledged so far are in the output (REC-1). Records that were
 * never read are not lost.
 */
export function checkUnfinished(evidence: Evidence): void {
  checkAlways(evidence);
  for (const source of evidence.sources) {
    if (!source.isReplayable) checkLosses(evidence, source, (number) => source.isAcknowledged(number));
  }
}

/**
 * True when every produced record is in the output and acknowledged. For a source that sends each record once: when a
 * record from the time after the faults is in the output.
 */
export function hasFinished({ sources, ledger }: Evidence): boolean {
  return sources.every((source) => {
    if (source.sendsOnce)
      return recordsOf(ledger, source).some(([number]) => number >= source.producedInFaults);
    if (source.isAcknowledging && source.acknowledgedBelow < source.produced) return false;
    return cameOut(ledger, source) >= source.produced;
  });
}

/** The number of different records of all sources in the output so far. */
export function progressOf({ sources, ledger }: Evidence): number {
  return sources.reduce((sum, source) => sum + cameOut(ledger, source), 0);
}

function cameOut(ledger: Ledger, source: SimSource): number {
  return new Set(recordsOf(ledger, source).map(([number]) => number)).size;
}

function recordsOf(ledger: Ledger, source: SimSource): readonly SimRecord[] {
  return ledger.batches(rawOutput(source)).flatMap(([, records]) => records as readonly SimRecord[]);
}

/** Every owed record is in the output. */
function checkLosses(
  { ledger, violated }: Pick<Evidence, 'ledger' | 'violated'>,
  source: SimSource,
  isOwed: (number: number) => boolean,
): void {
  const seen = new Set(recordsOf(ledger, source).map(([number]) => number));
  const all = Array.from({ length: source.produced }, (_, number) => number);
  const lost = all.filter((number) => isOwed(number) && !seen.has(number));
  if (lost.length === 0) return;
  const promise = source.isReplayable ? 'BLK-1' : 'REC-1';
  violated(promise, `${source.name} lost ${lost.length} records, the first is ${lost[0]}`);
}

/**
 * The partitions of blocks are no smaller than an interval or the bounds require, so their number is limited. The end of a
 * batch may divide the blocks of an interval.
 */
function checkBlocks({ plan, violated }: Evidence, source: SimSource): void {
  const { blockIntervalMs, settings: { maxHeldBytes } = {}, clockSteps } = plan;
  // Skipped ticks of the clock are made up for.
  if (clockSteps !== undefined) return;
  // The minimum number of records in a block with a byte bound.
  const perBlock = maxHeldBytes === undefined ? MAX_RECORDS_PER_BLOCK : MAX_RECORDS_PER_BLOCK / 4;
  const most = source.starts.reduce((sum, { stored, beganMs, lastMs, forcedCuts }) => {
    const ticks = Math.ceil((lastMs - beganMs) / blockIntervalMs) + 3;
    return sum + ticks + forcedCuts + stored.length / perBlock;
  }, 0);
  const divided = [...source.blocks.values()].filter((count) => count > 0).length;
  const blocks = [...source.blocks.values()].reduce((sum, count) => sum + count, 0);
  const bound = Math.floor(most) + divided;
  if (blocks > bound)
    violated('blocks', `${source.name} came in ${blocks} partitions, at most ${bound} are expected`);
}

/**
 * BLK-1, BAT-1: the records stored by one start appear in the output once, in order, without a gap before the last
 * record.
 */
function checkStream({ ledger, violated }: Evidence, source: SimSource): void {
  const next = new Map<number, number>();
  for (const [number, start] of recordsOf(ledger, source)) {
    const stored = source.isReplayable ? undefined : source.starts[start]?.stored;
    const place = next.get(start) ?? 0;
    const expected = stored === undefined ? place : stored[place];
    if (number === expected) {
      next.set(start, place + 1);
      continue;
    }
    const promise = stored === undefined || stored.indexOf(number) < place ? 'BAT-1' : 'BLK-1';
    violated(promise, `${source.name}, start ${start}: ${number} came out where ${expected} was next`);
    return;
  }
}

/** BAT-2, BAT-5: every stream has every batch, except for batches that a driver reported as left out. */
function checkBatchTimes({ plan, sources, ledger, violated }: Evidence): void {
  for (const source of sources) {
    const times = ledger.batches(rawOutput(source)).map(([batchTime]) => batchTime);
    for (const [index, batchTime] of times.entries()) {
      const expected = (times[index - 1] ?? batchTime - plan.batchIntervalMs) + plan.batchIntervalMs;
      if (batchTime === expected) continue;
      const leftOut = (batchTime - expected) / plan.batchIntervalMs;
      if (leftOut > 0 && ledger.gapBefore(batchTime, plan.batchIntervalMs) === leftOut) continue;
      violated('BAT-2', `${source.name} has batch ${batchTime} where ${expected} was next`);
      return;
    }
  }
}

/** No more blocks than may wait go to one batch. A log that fails may have an addition that was refused. */
function checkWaiting({ plan, violated }: Evidence, source: SimSource): void {
  const { disk, failing, lasting, settings: { maxUnallocatedBlocks = Infinity } = {} } = plan;
  const { slowMs: _slow, ...failures } = disk;
  if (Object.keys(failures).length > 0 || failing !== undefined || lasting !== undefined) return;
  for (const [batchTime, blocks] of source.blocks) {
    if (blocks <= maxUnallocatedBlocks) continue;
    violated(
      'blocks',
      `${source.name}: batch ${batchTime} has ${blocks} blocks, and ${maxUnallocatedBlocks} may wait`,
    );
    return;
  }
}

/** STA-1 and the meaning of the operators: the output is exactly the result that follows from the streams. */
function checkAnswers({ plan, ledger, violated }: Evidence, history: InputHistory): void {
  for (const kind of plan.graphs) {
    if (kind === 'partitions') continue;
    if (kind === 'persisted') checkHalves({ ledger, violated }, history);
    for (const [batchTime, records] of ledger.batches(kind)) {
      if (!history.batches.has(batchTime)) continue;
      const expected = JSON.stringify(knownAnswer(kind, batchTime, history));
      const actual = JSON.stringify(records);
      if (actual === expected) continue;
      const promise = kind.includes('state') || kind === 'inverse-window' ? 'STA-1' : 'BAT-1';
      violated(promise, `${kind} of batch ${batchTime} is ${actual}, the input requires ${expected}`);
      return;
    }
  }
}

/** BAT-2: every batch has its known answers, unless a driver reported the batch as skipped. */
function checkAnswersAreWhole({ plan, ledger, violated }: Evidence, history: InputHistory): void {
  for (const kind of plan.graphs) {
    if (kind === 'partitions') continue;
    const names = kind === 'persisted' ? [kind, 'persisted halves'] : [kind];
    for (const name of names) {
      const written = new Set(ledger.batches(name).map(([batchTime]) => batchTime));
      const missing = [...history.batches.keys()].find(
        (batchTime) =>
          !written.has(batchTime) &&
          !ledger.isSkipped(batchTime) &&
          knownAnswer(kind, batchTime, history) !== undefined,
      );
      if (missing !== undefined)
        return violated('BAT-2', `${name} lacks batch ${missing}, and the streams have the batch`);
    }
  }
}

/** The output that reads a persisted shuffle through another shuffle. */
function checkHalves(
  { ledger, violated }: Pick<Evidence, 'ledger' | 'violated'>,
  history: InputHistory,
): void {
  for (const [batchTime, records] of ledger.batches('persisted halves')) {
    if (!history.batches.has(batchTime)) continue;
    const expected = JSON.stringify(halvesOf(knownAnswer('persisted', batchTime, history) ?? []));
    const actual = JSON.stringify(records);
    if (actual === expected) continue;
    violated('BAT-1', `persisted halves of batch ${batchTime} are ${actual}, the input requires ${expected}`);
    return;
  }
}
