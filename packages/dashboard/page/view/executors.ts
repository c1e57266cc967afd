// The driver and the executors: tasks, receivers, blocks, the delay of their event loops, memory.
import type { EngineState, ObservedExecutor } from '@millrace/observe';
import { bytes, count, duration, percent } from '../model/format.ts';
import type { Model } from '../model/model.ts';
import { html, type View } from './html.ts';
import { Name, Section, Table } from './parts.ts';

type Thread = Pick<ObservedExecutor, 'loopDelay' | 'heapUsedBytes' | 'heapLimitBytes' | 'residentBytes'>;

/** The panel. */
export function ExecutorsPanel({ model }: { readonly model: Model }): View {
  const { summary } = model;
  if (summary === undefined || summary.executors.length === 0) return null;
  const { executors, driver } = summary;
  return html`<${Section} id="executors" title="Driver and executors">
    <${Table}
      label="Driver and executors"
      heads=${['Name', '#Tasks', '#Done', '#Receivers', '#Blocks', '#Event loop late, p95', '#Heap', '#Process']}
    >
      <${DriverRow} driver=${driver} />
      ${executors.map((executor) => html`<${ExecutorRow} key=${executor.executorId} executor=${executor} />`)}
    <//>
  <//>`;
}

function DriverRow({ driver }: { readonly driver: EngineState['driver'] }): View {
  return html`<tr>
    <th scope="row">driver</th>
    <td class="number">–</td>
    <td class="number">–</td>
    <td class="number">–</td>
    <td class="number">–</td>
    <${ThreadCells} thread=${driver} />
    <td class="number">
      ${driver.residentBytes === undefined ? '–' : bytes(driver.residentBytes)}
      ${driver.cores === undefined ? null : html`<span class="note">${driver.cores.toFixed(2)} cores</span>`}
    </td>
  </tr>`;
}

function ExecutorRow({ executor }: { readonly executor: ObservedExecutor }): View {
  const {
    executorId,
    host,
    cores,
    isDriverThread,
    runningTasks,
    completedTasks,
    receivers,
    blockBytes,
    maxBlockBytes,
  } = executor;
  return html`<tr>
    <th scope="row"><${Name} text=${executorId} length=${32} /><span class="note">${isDriverThread ? 'in the thread of the driver' : html`on <${Name} text=${host} length=${32} />`}</span></th>
    <td class="number">${count(runningTasks)} of ${count(cores)}</td>
    <td class="number">${count(completedTasks)}</td>
    <td class="number">${count(receivers)}</td>
    <td class="number">${bytes(blockBytes)}${maxBlockBytes > 0 ? html`<span class="note">${percent(blockBytes / maxBlockBytes)} of ${bytes(maxBlockBytes)}</span>` : null}</td>
    <${ThreadCells} thread=${executor} />
    <td class="number">${executor.residentBytes === undefined ? '–' : bytes(executor.residentBytes)}</td>
  </tr>`;
}

function ThreadCells({ thread }: { readonly thread: Thread }): View {
  const { loopDelay, heapUsedBytes, heapLimitBytes } = thread;
  return html`<td class="number">
      ${loopDelay === undefined ? '–' : duration(loopDelay.p95Ms)}
      ${loopDelay === undefined ? null : html`<span class="note">max ${duration(loopDelay.maxMs)}</span>`}
    </td>
    <td class="number">
      ${heapUsedBytes === undefined ? '–' : bytes(heapUsedBytes)}
      ${heapUsedBytes === undefined || heapLimitBytes === undefined ? null : html`<span class="note">${percent(heapUsedBytes / heapLimitBytes)} of ${bytes(heapLimitBytes)}</span>`}
    </td>`;
}
