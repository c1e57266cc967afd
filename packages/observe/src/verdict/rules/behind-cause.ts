// The cause of falling behind, as far as phases, outputs and inputs name one, and the next step.
import { lengthText, percentText, quoted } from '../../text/words.ts';
import { loadOf } from '../step-trend.ts';
import type { VerdictFacts } from '../verdict-facts.ts';

/** A part of the time or of the records that is a cause. */
const LARGE_PART = 0.5;
/** Below this many cores the process mostly waits. */
const FEW_CORES = 0.5;
/** The load at which the proposed interval aims. */
const AIMED_LOAD = 0.8;

/** The causes, as sentences; empty: none is known. */
export function causeOf(facts: VerdictFacts): readonly string[] {
  const { allocateMs, generateMs, processMs } = facts.phases;
  const wholeMs = allocateMs + generateMs + processMs;
  if (wholeMs <= 0) return [];
  if (allocateMs > processMs && allocateMs >= generateMs)
    return [`Allocating blocks takes ${percentText(allocateMs / wholeMs)} of a batch: the log is slow.`];
  if (generateMs > processMs)
    return [`Making the jobs takes ${percentText(generateMs / wholeMs)} of a batch.`];
  const clauses = [outputClause(facts), inputClause(facts)].filter((clause) => clause !== undefined);
  const [first, ...further] = clauses;
  const sentence = first === undefined ? [] : [`${[upperFirst(first), ...further].join('; ')}.`];
  return [...sentence, ...waitingSentence(facts)];
}

/** The proposal. */
export function nextStepOf({ inputs, steps, batchIntervalMs }: VerdictFacts): string {
  const load = loadOf(steps);
  const proposals = [
    'add an executor',
    ...(inputs.some(({ isReceiver }) => isReceiver) ? ['lower `receiving.maxRate`'] : []),
    ...(load > 1 && batchIntervalMs > 0
      ? [`raise the interval to ${lengthText(roundInterval((load * batchIntervalMs) / AIMED_LOAD))}`]
      : []),
  ];
  const [first = '', ...further] = proposals;
  if (further.length === 0) return `${upperFirst(first)}.`;
  const last = further.pop();
  return `${[upperFirst(first), ...further].join(', ')}${further.length > 0 ? ',' : ''} or ${last}.`;
}

function outputClause({ outputs }: VerdictFacts): string | undefined {
  const [largest] = outputs.toSorted((one, other) => other.share - one.share);
  if (largest === undefined || largest.share < LARGE_PART) return undefined;
  return `output ${quoted(largest.name)} has ${percentText(largest.share)} of it`;
}

function inputClause({ inputs }: VerdictFacts): string | undefined {
  const records = inputs.reduce((sum, input) => sum + input.records, 0);
  const [largest] = inputs.toSorted((one, other) => other.records - one.records);
  if (largest === undefined || inputs.length < 2 || largest.records < LARGE_PART * records || records === 0)
    return undefined;
  const kind = largest.isReceiver ? 'receiver' : 'input';
  return `${kind} ${quoted(largest.name)} brings ${percentText(largest.records / records)} of the records`;
}

function waitingSentence({ cores, executors }: VerdictFacts): readonly string[] {
  if (cores === undefined || cores >= FEW_CORES || executors.length > 1) return [];
  return [`The process uses ${cores.toFixed(1)} cores, so most of the time passes with waiting.`];
}

/** The next of 1, 2, 5, 10, … in milliseconds up to a second, then in seconds; in minutes from 90 s on. */
function roundInterval(ms: number): number {
  const unit = ms > 90_000 ? 60_000 : 1;
  let step = unit;
  for (;;) {
    for (const factor of [1, 2, 5]) if (factor * step >= ms) return factor * step;
    step *= 10;
  }
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
