// Places for the nodes of a program: one column for each step from the inputs, and in a column an order with few crossings.
import type { EngineState } from '@millrace/observe';

type Node = EngineState['graph'][number];

/** A node with its place. */
export interface PlacedNode {
  readonly node: Node;
  readonly column: number;
  readonly row: number;
}

/** A graph with its size in columns and rows. */
export interface PlacedGraph {
  readonly nodes: ReadonlyMap<string, PlacedNode>;
  readonly columns: number;
  readonly rows: number;
}

const SWEEPS = 4;

/** Places the nodes of an acyclic graph; a parent that is missing, or that leads in a circle, is left out. */
export function placeGraph(graph: readonly Node[]): PlacedGraph {
  const columnOf = columns(graph);
  const layers: Node[][] = [];
  for (const node of graph) (layers[columnOf.get(node.id) ?? 0] ??= []).push(node);
  const ordered = Array.from(layers, (layer) => layer ?? []);
  const children = new Map<string, string[]>();
  for (const { id, parents } of graph) {
    for (const parent of parents) children.set(parent, [...(children.get(parent) ?? []), id]);
  }
  const rows = Math.max(0, ...ordered.map((layer) => layer.length));
  const place = new Map<string, number>();
  const note = (layer: readonly Node[]): void =>
    layer.forEach(({ id }, index) => place.set(id, index + (rows - layer.length) / 2));
  for (const layer of ordered) note(layer);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isForward = sweep % 2 === 0;
    for (const layer of isForward ? ordered : ordered.toReversed()) {
      const pull = (node: Node): number => {
        const others = (isForward ? node.parents : (children.get(node.id) ?? [])).flatMap(
          (id) => place.get(id) ?? [],
        );
        const own = place.get(node.id) ?? 0;
        return others.length === 0 ? own : others.reduce((sum, value) => sum + value, 0) / others.length;
      };
      const pulls = new Map(layer.map((node) => [node.id, pull(node)]));
      layer.sort((a, b) => (pulls.get(a.id) ?? 0) - (pulls.get(b.id) ?? 0));
      note(layer);
    }
  }
  const nodes = new Map(
    graph.map((node) => [
      node.id,
      { node, column: columnOf.get(node.id) ?? 0, row: place.get(node.id) ?? 0 },
    ]),
  );
  return { nodes, columns: ordered.length, rows };
}

/** The longest way from an input, for each node. Outputs are in the last column. */
function columns(graph: readonly Node[]): ReadonlyMap<string, number> {
  const byId = new Map(graph.map((node) => [node.id, node]));
  const known = new Map<string, number>();
  const under = new Set<string>();
  // A stack of its own: programs may be deeper than the stack of calls.
  for (const start of graph) {
    const stack = [start];
    while (stack.length > 0) {
      const node = stack.at(-1)!;
      const waiting = node.parents.flatMap((id) => {
        const parent = byId.get(id);
        return parent === undefined || known.has(id) || under.has(id) ? [] : [parent];
      });
      under.add(node.id);
      if (waiting.length > 0) {
        stack.push(waiting[0]!);
        continue;
      }
      stack.pop();
      const before = node.parents.map((id) => known.get(id) ?? -1);
      known.set(node.id, before.reduce((most, column) => Math.max(most, column), -1) + 1);
    }
  }
  const last = Math.max(0, ...known.values());
  for (const { id, role } of graph) if (role === 'output') known.set(id, last);
  return known;
}
