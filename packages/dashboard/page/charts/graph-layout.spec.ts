import type { EngineState } from '@millrace/observe';
import { expect, it } from 'vitest';
import { placeGraph } from './graph-layout.ts';

type Node = EngineState['graph'][number];

function node(id: string, parents: readonly string[], role: Node['role'] = 'operator'): Node {
  return { id, kind: 'map', name: id, role, parents };
}

it('places nodes behind their parents, inputs first and outputs last', () => {
  const { nodes, columns, rows } = placeGraph([
    node('in', [], 'input'),
    node('a', ['in']),
    node('b', ['a']),
    node('join', ['in', 'b']),
    node('early', ['in'], 'output'),
    node('out', ['join'], 'output'),
  ]);
  const columnOf = (id: string) => nodes.get(id)?.column;
  expect(['in', 'a', 'b', 'join', 'out', 'early'].map(columnOf)).toEqual([0, 1, 2, 3, 4, 4]);
  expect([columns, rows]).toEqual([5, 2]);
});

it('gives each node a place of its own', () => {
  const graph = Array.from({ length: 40 }, (_, index) =>
    node(`n${index}`, index < 4 ? [] : [`n${(index * 7) % index}`, `n${index - 4}`]),
  );
  const places = [...placeGraph(graph).nodes.values()].map(({ column, row }) => `${column} ${row}`);
  expect(new Set(places).size).toBe(40);
});

it('bears a circle, a missing parent, and a chain of 10,000 nodes', () => {
  expect(placeGraph([node('a', ['b']), node('b', ['a', 'lost'])]).nodes.size).toBe(2);
  const chain = Array.from({ length: 10_000 }, (_, index) =>
    node(`n${index}`, index === 0 ? [] : [`n${index - 1}`]),
  );
  expect(placeGraph(chain.toReversed()).columns).toBe(10_000);
  expect(placeGraph([])).toMatchObject({ columns: 0, rows: 0 });
});
