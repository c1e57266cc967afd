// The graph of a program as data for a picture: inputs, operators, outputs, and who reads whom.
import type { ProgramNode } from '@millrace/core/observation';
import type { DStreamGraph } from '../graph/dstream-graph.ts';

/** The nodes: inputs, then operators, both in the order of definition, then outputs in the order of their numbers. */
export function programNodes(graph: Pick<DStreamGraph, 'streams' | 'inputs' | 'outputs'>): ProgramNode[] {
  const inputs = graph.inputs.map(({ id, kind, name, streamId }): ProgramNode => ({
    id,
    kind,
    name,
    role: 'input',
    parents: [],
    streamId,
  }));
  const ids = new Set(inputs.map(({ id }) => id));
  const operators = graph.streams
    .filter(({ id }) => !ids.has(id))
    .map(({ id, kind, parents, hasUid }): ProgramNode => ({
      id,
      kind,
      name: hasUid ? id : kind,
      role: 'operator',
      parents: parents.map((parent) => parent.id),
    }));
  const outputs = graph.outputs.map(({ number, kind, name, stream }): ProgramNode => ({
    id: `output-${number}`,
    kind,
    name,
    role: 'output',
    parents: [stream.id],
  }));
  return [...inputs, ...operators, ...outputs];
}
