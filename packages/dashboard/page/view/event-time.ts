// Event time and state: watermarks behind now, late records, keys and bytes of each operator.
import { bytes, count, duration } from '../model/format.ts';
import type { Model } from '../model/model.ts';
import { html, type View } from './html.ts';
import { Name, Section, Table, Time } from './parts.ts';

/** The panel. */
export function EventTimePanel({ model }: { readonly model: Model }): View {
  const { summary } = model;
  if (summary === undefined || (summary.watermarks.length === 0 && summary.states.length === 0)) return null;
  const { watermarks, states, totals } = summary;
  const late =
    totals.lateRecords > 0 || totals.aheadRecords > 0
      ? html`<p class="note">${count(totals.lateRecords)} late records, ${count(totals.aheadRecords)} too far ahead of their batch</p>`
      : null;
  return html`<${Section} id="event-time" title="Event time and state">
    <div class="halves">
      ${
        watermarks.length === 0
          ? null
          : html`<div>
            <${Table} label="Watermarks" heads=${['Watermark of', '#Behind now', 'Time']}>
              ${watermarks.map(
                ({ stream, watermarkMs, lagMs }) => html`<tr key=${stream}>
                  <th scope="row"><${Name} text=${stream} /></th>
                  <td class="number">${duration(lagMs)}</td>
                  <td><${Time} ms=${watermarkMs} /></td>
                </tr>`,
              )}
            <//>
            ${late}
          </div>`
      }
      ${
        states.length === 0
          ? null
          : html`<div>
            <${Table} label="State" heads=${['State of', '#Keys, or open windows', '#In the checkpoint']}>
              ${states.map(
                ({ operator, keys, sizeBytes }) => html`<tr key=${operator}>
                  <th scope="row"><${Name} text=${operator} /></th>
                  <td class="number">${count(keys)}</td>
                  <td class="number">${sizeBytes === undefined ? '–' : bytes(sizeBytes)}</td>
                </tr>`,
              )}
            <//>
          </div>`
      }
    </div>
  <//>`;
}
