// The list of batches, newest first, with filters. A filter also asks the server for older batches than the page has.
import type { ObservedBatches } from '@millrace/observe';
import { useEffect, useState } from 'preact/hooks';
import type { LiveBatchRow } from '../../src/live/live-messages.ts';
import { batchRow } from '../../src/live/summaries.ts';
import { type Address, hrefOf, type Shown, SHOWN } from '../model/address.ts';
import { clean } from '../model/clean-text.ts';
import { count, duration, several } from '../model/format.ts';
import { fetchJson } from '../model/fetch-json.ts';
import type { Model } from '../model/model.ts';
import { html, type View } from './html.ts';
import { Bar, Section, Table, Time } from './parts.ts';

const FIRST = 30;
const STEP = 100;

/** The words for the state of a batch. */
export const BATCH_STATES: Readonly<Record<LiveBatchRow['state'], string>> = {
  queued: 'waits',
  running: 'runs',
  held: 'held',
  succeeded: 'succeeded',
  failed: 'failed',
  skipped: 'skipped',
};

/** The panel. */
export function Batches({ model, address }: { readonly model: Model; readonly address: Address }): View {
  const [most, setMost] = useState(FIRST);
  const { show } = address;
  const { summary } = model;
  useEffect(() => {
    setMost(FIRST);
    if (show === 'all') return;
    loadBatches(`api/v1/batches?limit=200&filter=${show}`, model);
  }, [show]);
  if (summary === undefined || (model.rows.length === 0 && show === 'all')) return null;
  const { batchIntervalMs } = summary;
  const rows = model.rows.filter((row) => isShown(row, show, batchIntervalMs));
  const waiting = show === 'all' ? model.rows.filter(({ state }) => state === 'queued') : [];
  const filters = html`<nav class="choices" aria-label="Shown batches">
    ${SHOWN.map(
      (name) =>
        html`<a key=${name} href=${hrefOf(address, { show: name })} aria-current=${name === show ? 'true' : undefined}>${name}</a>`,
    )}
  </nav>`;
  const more = (): void => {
    setMost(most + STEP);
    if (show === 'all' && model.hasMoreRows) {
      model.hasMoreRows = false;
      loadBatches('api/v1/batches?limit=1000', model);
    }
  };
  const hasMore = rows.length > most || (show === 'all' && model.hasMoreRows);
  return html`<${Section} id="batches" title="Batches" aside=${filters}>
    ${
      rows.length === 0
        ? html`<p class="note empty">No ${show} batch among the newest ${count(Math.min(1_000, summary.totals.batches))}.</p>`
        : html`<${Table} label="Batches" heads=${['Batch time', 'State', '#Records', '#Scheduling delay', '#Processing time', 'Interval', '#Total delay', 'Cause']}>
          ${waiting.length === 0 ? null : html`<${WaitingRow} rows=${waiting} model=${model} />`}
          ${rows.slice(0, most).map((row) => html`<${Row} key=${row.batchTime} row=${row} address=${address} intervalMs=${batchIntervalMs} />`)}
        <//>`
    }
    ${hasMore ? html`<p class="more"><button type="button" onClick=${more}>Show more</button></p>` : null}
  <//>`;
}

/** The bar of a row has room for two intervals, with a mark at one. */
function Row({
  row,
  address,
  intervalMs,
}: {
  readonly row: LiveBatchRow;
  readonly address: Address;
  readonly intervalMs: number;
}): View {
  const {
    batchTime,
    state,
    isRerun,
    recordCount,
    schedulingDelayMs,
    processingDelayMs,
    totalDelayMs,
    failedOutput,
    recordErrors,
  } = row;
  return html`<tr>
    <th scope="row"><a href=${hrefOf(address, { batch: batchTime })}><${Time} ms=${batchTime} intervalMs=${intervalMs} /></a></th>
    <td><span class=${`state ${state}`}>${BATCH_STATES[state]}</span>${isRerun ? html` <span class="note inline">re-run</span>` : null}</td>
    <td class="number">${count(recordCount)}</td>
    <td class="number">${words(schedulingDelayMs)}</td>
    <td class="number">${words(processingDelayMs)}</td>
    <td class="bar-cell">${processingDelayMs === undefined ? null : html`<${Bar} part=${processingDelayMs / intervalMs / 2} tick=${0.5} isMarked=${processingDelayMs > intervalMs} />`}</td>
    <td class="number">${words(totalDelayMs)}</td>
    <td class="error-cell">
      ${failedOutput === undefined ? null : html`<span>${clean(failedOutput.name, 40)}: ${clean(failedOutput.message, 100)}</span>`}
      ${recordErrors > 0 ? html`<span class="note">${several(recordErrors, 'record')} left out</span>` : null}
    </td>
  </tr>`;
}

/** The batches that wait, in one row: a long queue would hide all others. */
function WaitingRow({
  rows,
  model,
}: {
  readonly rows: readonly LiveBatchRow[];
  readonly model: Model;
}): View {
  const { batches, batchIntervalMs } = model.summary!;
  const oldest = rows.at(-1)!;
  const number = Math.max(rows.length, batches.queued + batches.notMade - 1);
  return html`<tr class="waiting">
    <td colspan="8">${several(number, 'batch waits', 'batches wait')}, from <${Time} ms=${oldest.batchTime} intervalMs=${batchIntervalMs} /> on</td>
  </tr>`;
}

function isShown(
  { state, isRerun, processingDelayMs = 0 }: LiveBatchRow,
  show: Shown,
  intervalMs: number,
): boolean {
  switch (show) {
    case 'failed':
      return state === 'failed' || state === 'held' || state === 'skipped';
    case 'slow':
      return processingDelayMs > intervalMs;
    case 're-run':
      return isRerun;
    case 'all':
      return state !== 'queued';
  }
}

function words(ms: number | undefined): string {
  return ms === undefined ? '–' : duration(ms);
}

function loadBatches(path: string, model: Model): void {
  fetchJson<ObservedBatches>(path).then(
    ({ batches }) => {
      model.addRows(batches.map(batchRow));
      model.onChange();
    },
    () => undefined,
  );
}
