// The phases of batches: their names, their order, and bars of them. Phases differ by tint and by hatching.
import type { ObservedPhases } from '@millrace/observe';
import type { LiveBatchRow } from '../../src/live/live-messages.ts';
import { duration, timeOfDay } from '../model/format.ts';
import { html, type View } from './html.ts';

/** The phases in their order in time. */
export const PHASES = [
  { key: 'generatorLagMs', word: 'driver is late', kind: 'lag' },
  { key: 'allocateMs', word: 'allocate blocks', kind: 'allocate' },
  { key: 'generateMs', word: 'build jobs', kind: 'generate' },
  { key: 'queueMs', word: 'wait for earlier batches', kind: 'queue' },
  { key: 'processMs', word: 'process', kind: 'process' },
] as const satisfies readonly {
  readonly key: keyof ObservedPhases;
  readonly word: string;
  readonly kind: string;
}[];

/** The hatchings, once in the page. */
export function Hatchings(): View {
  return html`<svg class="patterns" aria-hidden="true" width="0" height="0">
    <defs>
      <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect class="hatch-ground" width="5" height="5" />
        <rect class="hatch-line" width="1.6" height="5" />
      </pattern>
      <pattern id="hatch-bad" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect class="hatch-bad-line" width="2" height="6" />
      </pattern>
    </defs>
  </svg>`;
}

/** The phases with their durations in words. */
export function PhaseLegend({ phases }: { readonly phases: ObservedPhases }): View {
  return html`<ul class="legend">
    ${PHASES.map(
      ({ key, word, kind }) => html`<li key=${key}>
        <svg class="swatch" viewBox="0 0 12 12" aria-hidden="true"><rect class=${`phase ${kind}`} width="12" height="12" rx="2" /></svg>
        <span>${word}</span> <span class="value">${duration(phases[key])}</span>
      </li>`,
    )}
  </ul>`;
}

/** One batch as one bar, from left to right. */
export function PhaseBar({ phases }: { readonly phases: ObservedPhases }): View {
  const total = sumOf(phases);
  let x = 0;
  return html`<svg class="phase-bar" viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label=${`Phases: ${wordsOf(phases)}`}>
    ${PHASES.map(({ key, kind }) => {
      const width = total === 0 ? 0 : (phases[key] / total) * 1_000;
      const bar = html`<rect class=${`phase ${kind}`} x=${x} width=${width} height="20" />`;
      x += width;
      return bar;
    })}
  </svg>`;
}

/** Batches side by side, oldest first. */
export function PhaseColumns({
  rows,
  most,
}: {
  readonly rows: readonly LiveBatchRow[];
  readonly most: number;
}): View {
  const width = 10;
  const height = 120;
  const newest = rows.at(-1);
  const label =
    newest === undefined
      ? 'No batch'
      : `Phases of the newest ${rows.length} batches; the newest: ${wordsOf(newest.phases)}`;
  const slots = Math.max(rows.length, 30);
  return html`<svg class="phase-columns" viewBox=${`0 0 ${slots * width} ${height}`} preserveAspectRatio="none" role="img" aria-label=${label}>
    ${rows.map(({ batchTime, phases }, index) => {
      let y = height;
      return html`<g key=${batchTime}>
        <title>${`${timeOfDay(batchTime)}: ${wordsOf(phases)}`}</title>
        ${PHASES.map(({ key, kind }) => {
          const part = most === 0 ? 0 : Math.min(y, (phases[key] / most) * height);
          y -= part;
          return html`<rect class=${`phase ${kind}`} x=${(slots - rows.length + index) * width + 1} y=${y} width=${width - 2} height=${part} />`;
        })}
      </g>`;
    })}
  </svg>`;
}

/** The sum of the phases. */
export function sumOf(phases: ObservedPhases): number {
  return PHASES.reduce((sum, { key }) => sum + phases[key], 0);
}

function wordsOf(phases: ObservedPhases): string {
  return PHASES.map(({ key, word }) => `${word} ${duration(phases[key])}`).join(', ');
}
