// The choices of the person in front of `top`: order of inputs, filter of batches, text to search for; and the keys that
// change the choices.
import type { ObservedInput } from '@millrace/observe';
import type { BatchRow, EngineView } from '../observed/engine-view.ts';
import type { Key } from '../terminal/terminal.ts';
import { withoutLastLetter } from '../text/display-width.ts';

/** The orders of inputs: `attention` has broken receivers first, then the order of the program. */
export const INPUT_ORDERS = ['attention', 'rate', 'lag', 'waiting', 'restarts', 'name'] as const;
/** The filters of batches; `slow` are those that took longer than the interval. */
export const BATCH_FILTERS = ['all', 'failed', 'slow', 're-run'] as const;

/** The choices. */
export interface TopChoices {
  readonly order: (typeof INPUT_ORDERS)[number];
  readonly filter: (typeof BATCH_FILTERS)[number];
  /** Inputs and outputs whose names contain the text are shown. */
  readonly search: string;
  /** True while the text is being typed. */
  readonly isTyping: boolean;
}

/** The choices at the beginning. */
export const FIRST_CHOICES: TopChoices = { order: 'attention', filter: 'all', search: '', isTyping: false };

const SEARCH_MAX = 60;

/** The choices after a key, or the end. */
export function afterKey(choices: TopChoices, key: Key): TopChoices | 'quit' | 'interrupted' {
  if (key.ctrl) return key.name === 'c' ? 'interrupted' : choices;
  if (choices.isTyping) return afterTyping(choices, key);
  switch (key.name) {
    case 'q':
      return 'quit';
    case 's':
      return { ...choices, order: next(INPUT_ORDERS, choices.order) };
    case 'f':
      return { ...choices, filter: next(BATCH_FILTERS, choices.filter) };
    case '/':
      return { ...choices, isTyping: true };
    case 'escape':
      return { ...choices, search: '' };
    default:
      return choices;
  }
}

function afterTyping(choices: TopChoices, { name, text }: Key): TopChoices {
  const { search } = choices;
  if (name === 'return' || name === 'enter') return { ...choices, isTyping: false };
  if (name === 'escape') return { ...choices, isTyping: false, search: '' };
  if (name === 'backspace') return { ...choices, search: withoutLastLetter(search) };
  return { ...choices, search: (search + text).slice(0, SEARCH_MAX).toWellFormed() };
}

function next<T>(all: readonly T[], one: T): T {
  return all[(all.indexOf(one) + 1) % all.length] as T;
}

/** The view as chosen. */
export function chosenView({ summary, inputs, batches }: EngineView, choices: TopChoices): EngineView {
  const text = choices.search.toLowerCase();
  const isFound = ({ name }: { readonly name: string }): boolean => name.toLowerCase().includes(text);
  return {
    summary: { ...summary, outputs: summary.outputs.filter(isFound) },
    inputs: inputs.filter(isFound).toSorted(BY[choices.order]),
    batches: batches.filter(FILTERED[choices.filter](summary.batchIntervalMs)),
  };
}

const TROUBLE: Readonly<Record<ObservedInput['state'], number>> = {
  failed: 3,
  restarting: 2,
  starting: 1,
  active: 0,
  stopped: 0,
};

const trouble = ({ isReceiver, state }: ObservedInput): number => (isReceiver ? (TROUBLE[state] ?? 0) : 0);
const most = (figure: (input: ObservedInput) => number | undefined) => (a: ObservedInput, b: ObservedInput) =>
  (figure(b) ?? -1) - (figure(a) ?? -1);

const BY: Readonly<Record<TopChoices['order'], (a: ObservedInput, b: ObservedInput) => number>> = {
  attention: most(trouble),
  rate: most(({ recordsPerSecond }) => recordsPerSecond),
  lag: most(({ lagRecords }) => lagRecords),
  waiting: most(({ waitingRecords }) => waitingRecords),
  restarts: most(({ restarts }) => restarts),
  name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
};

const FILTERED: Readonly<Record<TopChoices['filter'], (intervalMs: number) => (batch: BatchRow) => boolean>> =
  {
    all: () => () => true,
    failed: () => (batch) =>
      batch.failedOutput !== undefined || ['failed', 'held', 'skipped'].includes(batch.state),
    slow:
      (intervalMs) =>
      ({ processingDelayMs }) =>
        (processingDelayMs ?? 0) > intervalMs,
    're-run':
      () =>
      ({ isRerun }) =>
        isRerun,
  };
