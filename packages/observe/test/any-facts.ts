// Facts of the verdict for tests of rules: an active engine that keeps up.
import type { BatchStep } from '../src/counters/step-window.ts';
import type { InputFacts, RecentRecords, VerdictFacts } from '../src/verdict/verdict-facts.ts';
import { START_MS } from './virtual-engine.ts';

/** Steps of batches of a second: 300 ms of processing, no wait. */
export function anySteps(
  count: number,
  step: (index: number) => Partial<BatchStep> = () => ({}),
): readonly BatchStep[] {
  return Array.from({ length: count }, (_, number) => ({
    number,
    batchTime: START_MS + 1_000 * number,
    batches: 1,
    records: 10,
    processingMs: 300,
    waitMs: 1,
    totalMs: 302,
    spanMs: 1_000,
    ...step(number),
  }));
}

/** An active receiver. */
export function anyInputFacts(differences: Partial<InputFacts> = {}): InputFacts {
  return {
    name: 'kafka orders',
    isReceiver: true,
    state: 'active',
    activeForMs: 1_000_000,
    recentRestarts: 0,
    records: 200,
    recordsPerSecond: 10,
    ...differences,
  };
}

/** No record was lost. */
export function anyRecent(differences: Partial<RecentRecords> = {}): RecentRecords {
  return { records: 10_000, leftOut: 0, failed: 0, deadLetters: 0, late: 0, ahead: 0, ...differences };
}

/** An active engine with 20 good steps. */
export function anyFacts(differences: Partial<VerdictFacts> = {}): VerdictFacts {
  return {
    timeMs: START_MS + 190_000,
    timeZone: 'UTC',
    state: 'active',
    batchIntervalMs: 1_000,
    totalBatches: 20,
    totalRecords: 200,
    held: [],
    inputs: [anyInputFacts()],
    steps: anySteps(20),
    outputs: [{ id: 0, name: 'write', share: 0.82 }],
    phases: { generatorLagMs: 1, allocateMs: 1, generateMs: 1, queueMs: 0, processMs: 300 },
    queued: 1,
    sinceCompletedMs: 500,
    checkpointFailuresInARow: 0,
    executors: [],
    recent: anyRecent(),
    recentDroppedEvents: 0,
    ...differences,
  };
}
