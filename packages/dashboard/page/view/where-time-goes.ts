// Where the time goes: the phases of the newest batches, and the outputs, the slowest first.
import type { ObservedOutput } from '@millrace/observe';
import { type Address, hrefOf } from '../model/address.ts';
import { clean } from '../model/clean-text.ts';
import { count, duration, listOf, percent } from '../model/format.ts';
import type { Model } from '../model/model.ts';
import { html, type View } from './html.ts';
import { Bar, Name, Section, Time } from './parts.ts';
import { PhaseColumns, PhaseLegend, sumOf } from './phases.ts';

const BATCHES = 60;
const OUTPUTS = 12;

/** The panel. */
export function WhereTimeGoes({
  model,
  address,
}: {
  readonly model: Model;
  readonly address: Address;
}): View {
  const { summary } = model;
  const rows = model.rows
    .filter(({ totalDelayMs }) => totalDelayMs !== undefined)
    .slice(0, BATCHES)
    .toReversed();
  if (summary === undefined || rows.length === 0) return null;
  const most = Math.max(...rows.map(({ phases }) => sumOf(phases)));
  return html`<${Section} id="time" title="Where the time goes">
    <div class="halves">
      <div>
        <h3>Phases of the newest ${count(rows.length)} batches</h3>
        <div class="columns-with-scale">
          <p class="note scale-top">${duration(most)}</p>
          <${PhaseColumns} rows=${rows} most=${most} />
        </div>
        <${PhaseLegend} phases=${summary.phases} />
      </div>
      <div>
        <h3>Outputs, the slowest first</h3>
        ${
          summary.outputs.length === 0
            ? html`<p class="note">No output has run yet.</p>`
            : html`<ol class="outputs">
              ${summary.outputs.slice(0, OUTPUTS).map((output) => html`<${Output} key=${output.id} output=${output} address=${address} intervalMs=${summary.batchIntervalMs} />`)}
            </ol>`
        }
        ${summary.outputs.length > OUTPUTS ? html`<p class="note">${count(summary.outputs.length - OUTPUTS)} more</p>` : null}
      </div>
    </div>
  <//>`;
}

function Output(props: {
  readonly output: ObservedOutput;
  readonly address: Address;
  readonly intervalMs: number;
}): View {
  const { output, address, intervalMs } = props;
  const { name, share, durationMs, retries, failures, lastError } = output;
  const odd = listOf([
    retries > 0 && `${count(retries)} retried`,
    failures > 0 && `${count(failures)} failed`,
  ]);
  return html`<li>
    <p class="output-line"><${Name} text=${name} /> <span class="value">${percent(share)}</span></p>
    <${Bar} part=${share} isMarked=${lastError !== undefined} />
    <p class="note">median ${duration(durationMs.p50)}, p95 ${duration(durationMs.p95)}${odd === '' ? '' : ` · ${odd}`}</p>
    ${
      lastError === undefined
        ? null
        : html`<p class="note error">batch <a href=${hrefOf(address, { batch: lastError.batchTime })}><${Time} ms=${lastError.batchTime} intervalMs=${intervalMs} /></a>: ${clean(lastError.message, 240)}</p>`
    }
  </li>`;
}
