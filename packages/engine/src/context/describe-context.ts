// The settings of a context that decide where a program runs and what it keeps, in words.
import { escapeControls } from '@millrace/core/engine';
import type { ChosenExecutors } from '../driver/chosen-executors.ts';

/** The parts of a description. */
export interface ContextDescription {
  readonly appName: string;
  readonly batchIntervalMs: number;
  readonly executors: ChosenExecutors;
  /** The place of checkpoints in words. */
  readonly checkpoints: string;
  /** The text about the components of the engine. */
  readonly components: string;
}

/** The settings, then the components, one fact a line. */
export function describeContext(context: ContextDescription): string {
  const { appName, batchIntervalMs, executors, checkpoints, components } = context;
  const rows = [
    ['application', appName],
    ['batch interval', `${batchIntervalMs} ms`],
    ['executors', executorsInWords(executors)],
    ['checkpoints', checkpoints],
  ];
  const lines = rows.map(([name = '', value = '']) => `  ${name.padEnd(14)}  ${escapeControls(value)}`);
  return ['context', ...lines, components].join('\n');
}

function executorsInWords({ backend, executors, at }: ChosenExecutors): string {
  const { name } = backend;
  if (at !== undefined) return `${name}, at ${at}`;
  if (executors === undefined) return name;
  return executors === 'one-per-core' ? `${name}, one for each core` : `${name}, ${executors}`;
}
