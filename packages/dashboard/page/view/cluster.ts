// The cluster: the lease of the application, and the hosts of the executors. Left out without a cluster.
import { duration } from '../model/format.ts';
import type { Model } from '../model/model.ts';
import { html, type View } from './html.ts';
import { Name, Section, Table, Time } from './parts.ts';

/** The panel. The verdict names the other driver while this driver stands by. */
export function ClusterPanel({ model }: { readonly model: Model }): View {
  const { lease, hosts } = model.summary ?? {};
  if (!lease && !hosts) return null;
  return html`<${Section} id="cluster" title="Cluster">
    ${
      lease &&
      html`<p class="note">Lease: ${lease.state} since <${Time} ms=${lease.sinceMs} />${lease.epoch && `, epoch ${lease.epoch}`}${lease.isCertain === false && html`<span class="error">, not certain</span>`}</p>`
    }
    ${
      hosts &&
      html`<${Table} label="Hosts" heads=${['Name', 'State', '#Executors', '#Tasks', '#Receivers', '#Last answer']}>
        ${hosts.map(
          ({
            name,
            state,
            executors,
            slots,
            runningTasks,
            receivers,
            answerAgeMs,
            lost,
          }) => html`<tr key=${name}>
            <th scope="row"><${Name} text=${name} /></th>
            <td>${lost ? html`<span class="state failed">${state}</span><span class="note"><${Time} ms=${lost.timeMs} /> <${Name} text=${lost.reason} /></span>` : state}</td>
            <td class="number">${executors}</td>
            <td class="number">${runningTasks} of ${slots}</td>
            <td class="number">${receivers}</td>
            <td class="number">${answerAgeMs === undefined ? '–' : duration(answerAgeMs)}</td>
          </tr>`,
        )}
      <//>`
    }
  <//>`;
}
