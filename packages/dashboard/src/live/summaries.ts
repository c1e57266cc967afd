// Short forms of the state for the live channel. Names come from programs and sources and may be of any length: they are
// cut here, and every list is bounded.
import type {
  EngineState,
  Finding,
  LiveState,
  ObservedBatch,
  ObservedInput,
  Timeline,
  Verdict,
} from '@millrace/observe';
import type { LiveBatchRow, LiveSummary } from './live-messages.ts';

/** The most inputs in one message. */
export const INPUTS_MAX = 200;
const OUTPUTS_MAX = 100;
const EXECUTORS_MAX = 200;
const OPERATORS_MAX = 200;
const NODES_MAX = 300;
const NAME_LENGTH_MAX = 200;
const ERROR_LENGTH_MAX = 1_024;
const WORDS_LENGTH_MAX = 4_096;

/** A text of at most this length; a longer one ends with `…`. */
export function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/** A batch in one row. */
export function batchRow({ inputs, outputs, ...batch }: ObservedBatch): LiveBatchRow {
  const failed = outputs.find(({ error }) => error !== undefined);
  return {
    ...batch,
    inputCount: inputs.length,
    outputCount: outputs.length,
    ...(failed?.error === undefined
      ? {}
      : {
          failedOutput: {
            name: cut(failed.name, NAME_LENGTH_MAX),
            message: cut(failed.error.message, ERROR_LENGTH_MAX),
          },
        }),
  };
}

/** The state without its long lists. */
export function summaryOf(state: LiveState): LiveSummary {
  const { inputs, graph: _graph, ...rest } = state;
  return {
    ...rest,
    application: cut(rest.application, NAME_LENGTH_MAX),
    verdict: shortVerdict(rest.verdict),
    inputCount: inputs.length,
    outputs: rest.outputs.slice(0, OUTPUTS_MAX).map((output) => ({
      ...output,
      name: cut(output.name, NAME_LENGTH_MAX),
      ...(output.lastError === undefined
        ? {}
        : { lastError: { ...output.lastError, message: cut(output.lastError.message, ERROR_LENGTH_MAX) } }),
    })),
    executors: rest.executors.slice(0, EXECUTORS_MAX),
    ...(rest.hosts === undefined ? {} : { hosts: rest.hosts.slice(0, EXECUTORS_MAX) }),
    watermarks: rest.watermarks
      .slice(0, OPERATORS_MAX)
      .map((watermark) => ({ ...watermark, stream: cut(watermark.stream, NAME_LENGTH_MAX) })),
    states: rest.states
      .slice(0, OPERATORS_MAX)
      .map((operator) => ({ ...operator, operator: cut(operator.operator, NAME_LENGTH_MAX) })),
  };
}

/** The most important inputs: broken ones first, then the order of the program. */
export function shownInputs(inputs: readonly ObservedInput[]): readonly ObservedInput[] {
  const shown =
    inputs.length <= INPUTS_MAX
      ? inputs
      : inputs.toSorted((a, b) => concern(b) - concern(a)).slice(0, INPUTS_MAX);
  return shown.map(shortInput);
}

/** An input with its texts cut. */
export function shortInput(input: ObservedInput): ObservedInput {
  const { lastError } = input;
  return {
    ...input,
    name: cut(input.name, NAME_LENGTH_MAX),
    ...(lastError === undefined
      ? {}
      : { lastError: { ...lastError, message: cut(lastError.message, ERROR_LENGTH_MAX) } }),
  };
}

function concern({ state, isReceiver, recordsPerSecond }: ObservedInput): number {
  if (state === 'failed') return 3e12;
  if (state === 'restarting') return 2e12;
  if (isReceiver && state !== 'active') return 1e12;
  return recordsPerSecond;
}

/** The graph with its names cut. Beyond 300 nodes there is no picture to look at, and no graph. */
export function shownGraph(graph: EngineState['graph']): EngineState['graph'] {
  if (graph.length > NODES_MAX) return [];
  return graph.map((node) => ({ ...node, name: cut(node.name, NAME_LENGTH_MAX) }));
}

/** A timeline without those of inputs. */
export function shortTimeline(timeline: Timeline): Timeline {
  return { ...timeline, inputs: [] };
}

/** A verdict with its words cut. */
export function shortVerdict(verdict: Verdict): Verdict {
  const short = <T extends Finding>(finding: T): T => ({
    ...finding,
    words: cut(finding.words, WORDS_LENGTH_MAX),
  });
  return { ...short(verdict), others: verdict.others.map(short) };
}
