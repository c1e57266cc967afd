// The checkers of a cluster: the view from outside, whatever faults occurred. Batches that ran twice, and epochs, are watched as they
// happen (`cluster-outputs.ts`, `cluster-drivers.ts`).
import type { SimRecord } from '../sim-record.ts';
import type { SimSource } from '../sim-source.ts';
import type { ClusterOutputs } from './cluster-outputs.ts';
import type { ClusterPlan } from './cluster-plan.ts';
import { CLUSTER_KEYS, TOTALS } from './cluster-program.ts';
import type { ClusterServers } from './cluster-servers.ts';

/** The input of the checkers. */
export interface ClusterEvidence {
  readonly plan: ClusterPlan;
  readonly sources: readonly SimSource[];
  readonly outputs: ClusterOutputs;
  readonly servers: ClusterServers;
  readonly violated: (promise: string, what: string) => void;
}

/** Four seconds in steps of at most 1.5 s. */
const OBSERVATIONS_LEAST = 3;

/** The numbers of a source in the results, in the order of the batches. */
export function numbersOf(
  { outputs }: Pick<ClusterEvidence, 'outputs'>,
  source: SimSource,
): readonly number[] {
  const batches = outputs.results.batches(source.name);
  return batches.flatMap(([, records]) => (records as readonly SimRecord[]).map(([number]) => number));
}

/** True when every produced number is in the results. */
export function hasFinished(evidence: ClusterEvidence): boolean {
  return evidence.sources.every((source) => new Set(numbersOf(evidence, source)).size >= source.produced);
}

/** Checks what holds at any moment. */
export function checkClusterAlways(evidence: ClusterEvidence): void {
  checkLog(evidence);
  checkLease(evidence);
  checkBatchTimes(evidence);
  for (const source of evidence.sources) checkNumbers(evidence, source);
  checkTotals(evidence);
}

/** Checks what holds when everything has come out. */
export function checkClusterFinished(evidence: ClusterEvidence): void {
  checkClusterAlways(evidence);
  const { sources, outputs, violated } = evidence;
  for (const source of sources) {
    const seen = new Set(numbersOf(evidence, source));
    const isOwed = (number: number) => source.isReplayable || source.isAcknowledged(number);
    for (let number = 0; number < source.produced; number += 1)
      if (isOwed(number) && !seen.has(number))
        return violated('REC-1', `${source.name}: ${number} is missing`);
    const entered = outputs.numbersOf(source.name).toSorted((one, other) => one - other);
    const results = numbersOf(evidence, source).toSorted((one, other) => one - other);
    if (entered.join() !== results.join())
      violated(
        'SINK-1',
        `${source.name}: the ledger has other numbers than the results: ${differences(entered, results)}`,
      );
  }
}

/** A replayable source has each number in one batch, in order; an acknowledging one may repeat numbers after a loss. */
function checkNumbers(evidence: ClusterEvidence, source: SimSource): void {
  if (!source.isReplayable) return;
  const numbers = numbersOf(evidence, source);
  const wrong = numbers.findIndex((number, index) => number !== index);
  if (wrong >= 0)
    evidence.violated('BAT-1', `${source.name}: number ${numbers[wrong]} came where ${wrong} was expected`);
}

/** Batch times are multiples of the interval, one after the other. */
function checkBatchTimes({ plan, sources, outputs, violated }: ClusterEvidence): void {
  for (const { name } of sources) {
    const times = outputs.results.batches(name).map(([time]) => time);
    const odd = times.find((time) => time % plan.batchIntervalMs !== 0);
    if (odd !== undefined) violated('BAT-2', `${name} has a batch at ${odd}`);
  }
}

/** The state of each batch is the sum of all batches up to it. */
function checkTotals({ sources, outputs, violated }: ClusterEvidence): void {
  const totals = new Map<number, number>();
  const inputs = sources.map((source) => new Map(outputs.results.batches(source.name)));
  for (const [batchTime, found] of outputs.results.batches(TOTALS)) {
    // A batch may have its state written, and not yet its records.
    if (inputs.some((input) => !input.has(batchTime))) return;
    for (const input of inputs)
      for (const [number] of (input.get(batchTime) ?? []) as readonly SimRecord[])
        totals.set(number % CLUSTER_KEYS, (totals.get(number % CLUSTER_KEYS) ?? 0) + 1);
    const expected = JSON.stringify([...totals].toSorted(([one], [other]) => one - other));
    const got = JSON.stringify(found);
    if (got !== expected)
      return violated('STA-1', `the state after batch ${batchTime} is ${got}, expected ${expected}`);
  }
}

/** The log has one history: after the fence of a writer, nobody else writes until the next fence, and nothing is there twice. */
function checkLog({ servers, violated }: ClusterEvidence): void {
  let writer = '';
  const ids = new Set<string>();
  for (const { sequence, headers } of servers.stream('META').history) {
    const id = headers['Nats-Msg-Id'] ?? '';
    const [by = '', number] = id.split('/');
    if (ids.has(id)) violated('WAL-2', `message ${sequence} of the log is there twice, under ${id}`);
    ids.add(id);
    if (Number.parseInt(number ?? '', 10) === 0) writer = by;
    else if (by !== writer)
      violated(
        'BAT-1',
        `message ${sequence} of the log is of ${by}, and ${writer} has opened the log before`,
      );
  }
}

/**
 * A driver that takes over from a living record has observed the record for four seconds through accepted writes of its own, at most
 * 1.5 s apart; else an election of the servers would depose a driver.
 */
function checkLease({ servers, violated }: ClusterEvidence): void {
  let before: LeaseText | undefined;
  let observations = 0;
  for (const { sequence, subject, data } of servers.stream('CTL').history) {
    if (subject.includes('.standby.')) observations += 1;
    if (!subject.endsWith('.lease')) continue;
    const record = JSON.parse(Buffer.from(data).toString()) as LeaseText;
    const isTaken = before?.state === 'held' && record.term !== before.term;
    if (isTaken && observations < OBSERVATIONS_LEAST)
      violated(
        'LEASE-4',
        `the term of ${sequence} began behind ${observations} observations of the driver in charge, and the servers accepted no more`,
      );
    before = record;
    observations = 0;
  }
}

interface LeaseText {
  readonly state: string;
  readonly term: string;
}

function differences(one: readonly number[], other: readonly number[]): string {
  const [ones, others] = [new Set(one), new Set(other)];
  const more = one.filter((number) => !others.has(number));
  const less = other.filter((number) => !ones.has(number));
  return `${one.length} and ${other.length}; only in one: ${more.slice(0, 5).join()}, only in the other: ${less.slice(0, 5).join()}`;
}
