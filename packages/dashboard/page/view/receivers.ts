// Receivers and other inputs: state, rate, limit with its cause, waiting records, lag, errors. An opened one shows its own
// timeline.
import type { ObservedInput } from '@millrace/observe';
import { useEffect, useState } from 'preact/hooks';
import type { ObservedInputHistory, ObservedInputs } from '../../src/live/live-messages.ts';
import { most, ranks, roundAbove } from '../charts/scale.ts';
import { type Address, hrefOf } from '../model/address.ts';
import { clean } from '../model/clean-text.ts';
import { axisRate, bytes, count, listOf, rate, several } from '../model/format.ts';
import type { Model } from '../model/model.ts';
import { fetchJson } from '../model/fetch-json.ts';
import { html, type View } from './html.ts';
import { Name, Section, Table, Time } from './parts.ts';
import { Chart } from './timelines.ts';

const FIRST = 20;
const REFRESH_MS = 5_000;

const CAUSES = {
  initial: 'set at the start',
  estimate: 'by back-pressure',
  'overdue-batch': 'a batch is overdue',
} as const;

/** The panel. */
export function Receivers({ model, address }: { readonly model: Model; readonly address: Address }): View {
  const [all, setAll] = useState<readonly ObservedInput[] | undefined>(undefined);
  const { summary } = model;
  if (summary === undefined || model.inputs.size === 0) return null;
  const live = [...model.inputs.values()];
  // The whole list is read once, and the part of it that the live channel has stays live.
  const known = all === undefined ? live : all.map((input) => model.inputs.get(input.streamId) ?? input);
  const shown = all === undefined ? known.slice(0, FIRST) : known;
  const rest = summary.inputCount - shown.length;
  const showAll = (): void => {
    fetchJson<ObservedInputs>('api/v1/receivers').then(
      ({ receivers }) => setAll(receivers),
      () => undefined,
    );
  };
  const hasReceivers = live.some(({ isReceiver }) => isReceiver);
  return html`<${Section} id="receivers" title=${hasReceivers ? 'Receivers' : 'Inputs'}>
    <${Table}
      label="Receivers"
      heads=${['Name', 'State', '#Rate', '#Limit', '#Waiting', '#Unacknowledged', '#Lag', '#Restarts', 'Last error']}
    >
      ${shown.map((input) => html`<${ReceiverRows} key=${input.streamId} input=${input} address=${address} />`)}
    <//>
    ${rest > 0 ? html`<p class="more"><button type="button" onClick=${showAll}>Show all ${count(summary.inputCount)}</button></p>` : null}
  <//>`;
}

function ReceiverRows({
  input,
  address,
}: {
  readonly input: ObservedInput;
  readonly address: Address;
}): View {
  const isOpen = address.open === input.streamId;
  const { lagGrowth = 0, lastError } = input;
  const growth =
    Math.abs(lagGrowth) < 1 ? '' : `${lagGrowth > 0 ? 'grows' : 'shrinks'} by ${rate(Math.abs(lagGrowth))}`;
  return html`<tr class=${isOpen ? 'open' : ''} data-stream=${input.streamId}>
      <th scope="row">
        <a class="expand" href=${hrefOf(address, { open: isOpen ? undefined : input.streamId })} aria-expanded=${String(isOpen)}>
          <span class="arrow" aria-hidden="true">${isOpen ? '▾' : '▸'}</span><${Name} text=${input.name} />
        </a>
      </th>
      <td>
        ${input.isReceiver ? html`<span class=${`state ${input.state}`}>${input.state}</span>` : html`<span class="soft">input</span>`}
        ${input.executorId === undefined ? null : html`<span class="note"><${Name} text=${input.executorId} length=${24} /></span>`}
      </td>
      <td class="number">${rate(input.recordsPerSecond)}<span class="note">${bytes(input.bytesPerSecond)}/s</span></td>
      <td class="number">
        ${input.rateLimit === undefined ? '–' : rate(input.rateLimit)}
        ${input.rateLimitCause === undefined ? null : html`<span class="note">${CAUSES[input.rateLimitCause]}</span>`}
      </td>
      <td class="number">
        ${count(input.waitingRecords)}
        ${input.waitingBytes > 0 ? html`<span class="note">${bytes(input.waitingBytes)}</span>` : null}
      </td>
      <td class="number">${count(input.unacknowledgedRecords)}</td>
      <td class="number">
        ${input.lagRecords === undefined ? '–' : count(input.lagRecords)}
        ${growth === '' ? null : html`<span class="note">${growth}</span>`}
      </td>
      <td class="number">
        ${count(input.restarts)}
        ${input.recentRestarts > 0 ? html`<span class="note">${count(input.recentRestarts)} in 2 min</span>` : null}
      </td>
      <td class="error-cell">
        ${
          lastError === undefined
            ? html`<span class="soft">–</span>`
            : html`<span title=${clean(lastError.message, 1_024)}>${clean(lastError.message, 120)}</span>
              <span class="note"><${Time} ms=${lastError.timeMs} />${lastError.code === undefined ? '' : `, ${clean(lastError.code, 60)}`}</span>`
        }
      </td>
    </tr>
    ${
      isOpen ? html`<tr class="detail"><td colspan="9"><${ReceiverDetail} input=${input} /></td></tr>` : null
    }`;
}

function ReceiverDetail({ input }: { readonly input: ObservedInput }): View {
  const [history, setHistory] = useState<ObservedInputHistory | undefined>(undefined);
  const { streamId } = input;
  useEffect(() => {
    let isGone = false;
    const load = (): void => {
      if (document.hidden) return;
      fetchJson<ObservedInputHistory>(`api/v1/receivers/${streamId}`).then(
        (answer) => isGone || setHistory(answer),
        () => undefined,
      );
    };
    load();
    const timer = setInterval(load, REFRESH_MS);
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, [streamId]);
  const { timeMs = [], recordsPerSecond = [], rateLimit = [] } = history?.timeline ?? {};
  const totals = listOf(
    [
      several(input.records, 'record'),
      bytes(input.bytes),
      several(input.blocks, 'block'),
      input.leftOutRecords > 0 && `${count(input.leftOutRecords)} left out`,
      (input.droppedRecords ?? 0) > 0 && `${count(input.droppedRecords ?? 0)} dropped`,
      (input.redeliveredRecords ?? 0) > 0 && `${count(input.redeliveredRecords ?? 0)} delivered again`,
      input.errors > 0 && several(input.errors, 'error'),
      input.host !== undefined && `on ${clean(input.host, 60)}`,
    ],
    ' · ',
  );
  const [p50 = 0, p99 = 0] = ranks(recordsPerSecond, [0.5, 0.99]);
  const content = {
    timeMs,
    values: recordsPerSecond,
    limit: rateLimit,
    fromMs: timeMs[0] ?? 0,
    toMs: timeMs.at(-1) ?? 1,
    most: roundAbove(
      Math.max(most(recordsPerSecond), most(rateLimit) <= most(recordsPerSecond) * 4 ? most(rateLimit) : 0),
    ),
  };
  const settings = {
    height: 96,
    hasTimes: true,
    axisText: axisRate,
    onCursor: () => undefined,
    onClick: () => undefined,
    group: `receiver-${streamId}`,
  };
  return html`<div class="receiver-detail">
    <p class="note">${totals}</p>
    ${
      timeMs.length === 0
        ? html`<p class="note">${history === undefined ? 'Loading …' : 'There are no points of this input.'}</p>`
        : html`<${Chart} content=${content} settings=${settings} label=${`Input rate of ${clean(input.name, 48)}: median ${rate(p50)}, p99 ${rate(p99)}`} />`
    }
  </div>`;
}
