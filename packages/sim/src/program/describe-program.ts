// A drawn program as lines for readers.
import type { NodeSettings, ProgramNode, ProgramPlan } from './program-plan.ts';

/** One line for each operator and output. */
export function describeProgram({
  nodes,
  outputs,
  parallelism,
  rememberBatches = 0,
}: ProgramPlan): readonly string[] {
  return [
    ...nodes.map((node) => `program   ${describeNode(node)}`),
    ...outputs.map(({ kind, from, action, back }) => {
      const what = [
        kind,
        ...(action === undefined ? [] : [action]),
        ...(back === undefined ? [] : [`${back} back`]),
      ];
      return `output    ${what.join(', ')} of ${from}`;
    }),
    ...(rememberBatches === 0 ? [] : [`remember  ${rememberBatches} batches`]),
    `parallel  ${parallelism.join(', then ')}`,
  ];
}

function describeNode({ id, from, set, hasUid }: ProgramNode): string {
  const settings = describeSettings(set);
  const inputs = from.length === 0 ? '' : ` over ${from.join(' and ')}`;
  return `${id}${inputs}${settings === '' ? '' : ` (${settings})`}${hasUid === true ? ', named' : ''}`;
}

function describeSettings(set: NodeSettings): string {
  return Object.entries(set)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ');
}
