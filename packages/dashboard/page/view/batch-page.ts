// The page of one batch: its phases, inputs, and outputs with attempts and errors.
import type { ObservedBatch } from '@millrace/observe';
import { useEffect, useState } from 'preact/hooks';
import { type Address, hrefOf } from '../model/address.ts';
import { block, clean } from '../model/clean-text.ts';
import { bytes, count, dayAndTime, duration, isTime, listOf, several, utc } from '../model/format.ts';
import { fetchMaybe } from '../model/fetch-json.ts';
import type { Model } from '../model/model.ts';
import { BATCH_STATES } from './batches.ts';
import { html, type View } from './html.ts';
import { Figure, Name, Section, Table, Time } from './parts.ts';
import { PhaseBar, PhaseLegend } from './phases.ts';

type Loaded = { readonly batch?: ObservedBatch; readonly words?: string };

/** The page of the batch in the address. */
export function BatchPage({
  model,
  address,
  batchTime,
}: {
  readonly model: Model;
  readonly address: Address;
  readonly batchTime: number;
}): View {
  const [loaded, setLoaded] = useState<Loaded>({ words: 'Loading …' });
  const row = model.rows.find((candidate) => candidate.batchTime === batchTime);
  // A batch that still changes is read again when its row does.
  const stamp = row === undefined ? '' : `${row.state} ${row.outputCount} ${row.processingEndMs}`;
  useEffect(() => {
    let isGone = false;
    const set = (next: Loaded): void => void (isGone || setLoaded(next));
    fetchMaybe<{ readonly batch: ObservedBatch }>(`api/v1/batches/${batchTime}`).then(
      (answer) => set(answer ?? { words: 'This batch is not among the kept ones: the newest 1,000 are.' }),
      () => set({ words: 'The dashboard does not answer.' }),
    );
    return () => void (isGone = true);
  }, [batchTime, stamp]);
  const { batch } = loaded;
  const intervalMs = model.summary?.batchIntervalMs ?? 1_000;
  const title = isTime(batchTime) ? dayAndTime(batchTime, intervalMs) : String(batchTime);
  const index = model.rows.findIndex((candidate) => candidate.batchTime === batchTime);
  const newer = index > 0 ? model.rows[index - 1] : undefined;
  const older = index === -1 ? undefined : model.rows[index + 1];
  return html`<article class="batch-page" aria-labelledby="batch-title">
    <nav class="crumbs" aria-label="Batches">
      <a href=${hrefOf(address, { batch: undefined })}>← All batches</a>
      <span class="neighbours">
        ${older === undefined ? null : html`<a href=${hrefOf(address, { batch: older.batchTime })} rel="prev">earlier</a>`}
        ${newer === undefined ? null : html`<a href=${hrefOf(address, { batch: newer.batchTime })} rel="next">later</a>`}
      </span>
    </nav>
    <h2 id="batch-title" tabindex="-1">Batch <span title=${utc(batchTime)}>${title}</span></h2>
    ${batch === undefined || batch.batchTime !== batchTime ? html`<p class="note">${loaded.words ?? 'Loading …'}</p>` : html`<${Content} batch=${batch} />`}
  </article>`;
}

function Content({ batch }: { readonly batch: ObservedBatch }): View {
  const {
    state,
    isRerun,
    recordCount,
    sizeBytes,
    schedulingDelayMs,
    processingDelayMs,
    totalDelayMs,
    phases,
    recordErrors,
    deadLetters,
  } = batch;
  const amounts = listOf([
    bytes(sizeBytes),
    recordErrors > 0 && `${count(recordErrors)} left out`,
    deadLetters > 0 && several(deadLetters, 'dead letter'),
  ]);
  return html`<div>
    <dl class="figures">
      <${Figure} label="State" note=${isRerun ? 're-run after a restart' : ''}><span class=${`state ${state}`}>${BATCH_STATES[state]}</span><//>
      <${Figure} label="Records" note=${amounts}>${count(recordCount)}<//>
      <${Figure} label="Scheduling delay">${words(schedulingDelayMs)}<//>
      <${Figure} label="Processing time">${words(processingDelayMs)}<//>
      <${Figure} label="Total delay">${words(totalDelayMs)}<//>
      <${Figure} label="Batch time, UTC"><span class="small">${utc(batch.batchTime).replace(' UTC', '')}</span><//>
    </dl>
    <${Section} id="phases" title="Phases">
      <${PhaseBar} phases=${phases} />
      <${PhaseLegend} phases=${phases} />
    <//>
    <${Section} id="batch-outputs" title="Outputs">
      ${batch.outputs.length === 0 ? html`<p class="note">No output has run yet.</p>` : html`<${Outputs} batch=${batch} />`}
    <//>
    <${Section} id="batch-inputs" title="Inputs">
      ${
        batch.inputs.length === 0
          ? html`<p class="note">The batch has no input.</p>`
          : html`<${Table} label="Inputs of the batch" heads=${['Name', '#Records', '#Size', '#Blocks', 'Description']}>
            ${batch.inputs.map(
              (input) => html`<tr key=${input.streamId}>
                <th scope="row"><${Name} text=${input.name} /></th>
                <td class="number">${count(input.recordCount)}</td>
                <td class="number">${bytes(input.sizeBytes)}</td>
                <td class="number">${count(input.blockCount)}</td>
                <td class="description">${clean(input.description ?? '–', 300)}</td>
              </tr>`,
            )}
          <//>`
      }
    <//>
  </div>`;
}

function Outputs({ batch }: { readonly batch: ObservedBatch }): View {
  return html`<${Table} label="Outputs of the batch" heads=${['Name', 'Started', '#Duration', '#Attempts', 'Outcome']}>
    ${batch.outputs.map((output) => {
      const { id, name, startMs, endMs, attempts, error } = output;
      const isOver = startMs !== undefined && endMs !== undefined;
      return html`<tr key=${id}>
        <th scope="row"><${Name} text=${name} /></th>
        <td>${startMs === undefined ? '–' : html`<${Time} ms=${startMs} intervalMs=${1} />`}</td>
        <td class="number">${isOver ? duration(endMs - startMs) : '–'}</td>
        <td class="number">${count(attempts)}</td>
        <td>${error === undefined ? (isOver ? 'succeeded' : 'not done') : html`<span class="state failed">failed</span>`}</td>
      </tr>`;
    })}
  <//>
  ${batch.outputs.map(({ id, name, error }) =>
    error === undefined
      ? null
      : html`<div class="failure-detail" key=${id}>
          <h3><${Name} text=${name} /> failed${error.code === undefined ? '' : html` with <code>${clean(error.code, 80)}</code>`}</h3>
          <p>${clean(error.message, 1_000)}</p>
          ${error.stack === undefined ? null : html`<pre class="scroll" tabindex="0" aria-label="Stack of the error">${block(error.stack)}</pre>`}
        </div>`,
  )}`;
}

function words(ms: number | undefined): string {
  return ms === undefined ? '–' : duration(ms);
}
