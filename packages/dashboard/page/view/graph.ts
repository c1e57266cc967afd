// The operators of the program, from the inputs to the outputs. Parts that need attention are marked in words and by
// hatching, not by colour alone.
import type { EngineState } from '@millrace/observe';
import { type PlacedNode, placeGraph } from '../charts/graph-layout.ts';
import { clean } from '../model/clean-text.ts';
import { percent, rate } from '../model/format.ts';
import type { Model } from '../model/model.ts';
import { html, type View } from './html.ts';
import { Name, Section, Table } from './parts.ts';

type Node = EngineState['graph'][number];

const WIDTH = 190;
const HEIGHT = 44;
const GAP_X = 36;
const GAP_Y = 14;
const TEXT_LENGTH = 26;

interface Mark {
  readonly words: string;
  readonly isBad: boolean;
}

/** The panel. */
export function GraphPanel({ model }: { readonly model: Model }): View {
  const { graph } = model;
  if (graph.length === 0) return null;
  const { nodes, columns, rows } = placeGraph(graph);
  const width = columns * (WIDTH + GAP_X) - GAP_X + 2;
  const height = rows * (HEIGHT + GAP_Y) - GAP_Y + 2;
  const placed = [...nodes.values()];
  const label = `The program: ${graph.length} nodes, from ${namesOf(graph, 'input')} to ${namesOf(graph, 'output')}`;
  return html`<${Section} id="graph" title="Program">
    <div class="scroll graph" role="region" aria-label="The program" tabindex="0">
      <svg width=${width} height=${height} viewBox=${`0 0 ${width} ${height}`} role="img" aria-label=${label}>
        ${placed.flatMap((child) =>
          child.node.parents.flatMap((id) => {
            const parent = nodes.get(id);
            return parent === undefined ? [] : [html`<path class="edge" d=${wayOf(parent, child)} />`];
          }),
        )}
        ${placed.map((place) => html`<${NodeBox} key=${place.node.id} place=${place} mark=${markOf(place.node, model)} />`)}
      </svg>
    </div>
    <details class="as-table">
      <summary>The program as a table</summary>
      <${Table} label="Nodes of the program" heads=${['Name', 'Kind', 'Reads', 'State']}>
        ${graph.map((node) => {
          const parents = node.parents.flatMap((id) => nodes.get(id)?.node.name ?? []);
          return html`<tr key=${node.id}>
            <th scope="row"><${Name} text=${node.name} /></th>
            <td>${clean(node.kind, 40)}</td>
            <td>${parents.length === 0 ? '–' : clean(parents.join(', '), 120)}</td>
            <td>${markOf(node, model)?.words ?? '–'}</td>
          </tr>`;
        })}
      <//>
    </details>
  <//>`;
}

function NodeBox({ place, mark }: { readonly place: PlacedNode; readonly mark: Mark | undefined }): View {
  const { node } = place;
  const { x, y } = cornerOf(place);
  const kind = node.kind === node.name ? '' : node.kind;
  const below = [clean(kind, 20), mark?.words]
    .filter((words) => words !== undefined && words !== '')
    .join(' · ');
  return html`<g class=${`node ${node.role} ${mark?.isBad === true ? 'bad' : ''}`} transform=${`translate(${x} ${y})`}>
    <title>${`${clean(node.name, 200)} (${clean(node.kind, 60)})`}</title>
    <rect class="box" width=${WIDTH} height=${HEIGHT} rx="6" />
    ${mark?.isBad === true ? html`<rect class="hatched" width=${WIDTH} height=${HEIGHT} rx="6" />` : null}
    <text x="12" y=${below === '' ? 27 : 19}>${clean(node.name, TEXT_LENGTH)}</text>
    ${below === '' ? null : html`<text class="below" x="12" y="35">${clean(below, 32)}</text>`}
  </g>`;
}

function markOf(node: Node, { inputs, summary }: Model): Mark | undefined {
  if (node.streamId !== undefined) {
    const input = inputs.get(node.streamId);
    if (input === undefined) return undefined;
    const isBad = input.isReceiver && input.state !== 'active';
    return { words: isBad ? input.state : rate(input.recordsPerSecond), isBad };
  }
  if (node.role !== 'output') return undefined;
  const output = summary?.outputs.find(({ name }) => name === node.name);
  if (output === undefined) return undefined;
  if (output.lastError !== undefined) return { words: 'failed', isBad: true };
  const isSlow = summary?.verdict.level === 'behind' && output.share > 0.5;
  return { words: `${percent(output.share)}${isSlow ? ', slow' : ''}`, isBad: isSlow };
}

function cornerOf({ column, row }: PlacedNode): { readonly x: number; readonly y: number } {
  return { x: column * (WIDTH + GAP_X) + 1, y: row * (HEIGHT + GAP_Y) + 1 };
}

function wayOf(parent: PlacedNode, child: PlacedNode): string {
  const from = cornerOf(parent);
  const to = cornerOf(child);
  const startX = from.x + WIDTH;
  const startY = from.y + HEIGHT / 2;
  const endY = to.y + HEIGHT / 2;
  const middle = to.x - GAP_X / 2;
  return `M${startX} ${startY}C${startX + GAP_X / 2} ${startY} ${middle} ${endY} ${to.x} ${endY}`;
}

function namesOf(graph: readonly Node[], role: Node['role']): string {
  const names = graph.filter((node) => node.role === role).map(({ name }) => clean(name, 40));
  return names.length > 4 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : names.join(', ');
}
