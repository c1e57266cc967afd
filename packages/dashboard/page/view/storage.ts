// Log, blocks, checkpoints: how much is stored, how fast the disk is, and when it is full.
import type { EngineState } from '@millrace/observe';
import { clean } from '../model/clean-text.ts';
import { bytes, count, duration, listOf, percent, several } from '../model/format.ts';
import type { Model } from '../model/model.ts';
import { html, type View } from './html.ts';
import { Bar, Figure, Section } from './parts.ts';

type Log = NonNullable<EngineState['log']>;

/** The panel. */
export function StoragePanel({ model }: { readonly model: Model }): View {
  const { summary } = model;
  if (summary === undefined) return null;
  const { checkpoints, log, executors, logFullInMs, timeMs } = summary;
  const blockBytes = executors.reduce((sum, executor) => sum + executor.blockBytes, 0);
  const maxBlockBytes = executors.reduce((sum, executor) => sum + executor.maxBlockBytes, 0);
  const blocks = executors.reduce((sum, executor) => sum + executor.blocks, 0);
  const blockLogs = executors.flatMap((executor) => executor.log ?? []);
  if (checkpoints === undefined && log === undefined && blockLogs.length === 0 && maxBlockBytes === 0)
    return null;
  return html`<${Section} id="storage" title="Log, blocks, checkpoints">
    <dl class="figures">
      ${log === undefined ? null : html`<${LogFigure} label="Log of decisions" logs=${[log]} />`}
      ${blockLogs.length === 0 ? null : html`<${LogFigure} label="Logs of blocks" logs=${blockLogs} />`}
      ${
        logFullInMs === undefined
          ? null
          : html`<${Figure} label="Room" note="at the rate of the newest minutes"><span class=${logFullInMs < 3_600_000 ? 'error' : ''}>full in ${duration(logFullInMs)}</span><//>`
      }
      ${
        maxBlockBytes === 0
          ? null
          : html`<div class="figure">
            <dt>Blocks in memory</dt>
            <dd>
              <span class="value">${bytes(blockBytes)}</span>
              <${Bar} part=${blockBytes / maxBlockBytes} isMarked=${blockBytes > maxBlockBytes * 0.9} />
              <span class="note">${several(blocks, 'block')}, ${percent(blockBytes / maxBlockBytes)} of ${bytes(maxBlockBytes)}</span>
            </dd>
          </div>`
      }
      ${checkpoints === undefined ? null : html`<${CheckpointFigure} checkpoints=${checkpoints} timeMs=${timeMs} />`}
    </dl>
  <//>`;
}

function LogFigure({ label, logs }: { readonly label: string; readonly logs: readonly Log[] }): View {
  const size = logs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const segments = logs.reduce((sum, log) => sum + log.segments, 0);
  const errors = logs.reduce((sum, log) => sum + log.errors, 0);
  const slowest = logs.reduce((most, { syncMs }) => Math.max(most, syncMs?.p99 ?? 0), 0);
  const room = logs.reduce((least, { roomBytes = Infinity }) => Math.min(least, roomBytes), Infinity);
  const note = listOf([
    several(segments, 'segment'),
    slowest > 0 && `sync p99 ${duration(slowest)}`,
    room < Infinity && `room for ${bytes(room)}`,
  ]);
  return html`<${Figure} label=${label} note=${html`${note}${errors > 0 ? html`<span class="error">, ${several(errors, 'error')}</span>` : null}`}>${bytes(size)}<//>`;
}

function CheckpointFigure({
  checkpoints,
  timeMs,
}: {
  readonly checkpoints: NonNullable<EngineState['checkpoints']>;
  readonly timeMs: number;
}): View {
  const { lastMs, durationMs, sizeBytes, failuresInARow, lastError, completed } = checkpoints;
  const note = listOf([
    sizeBytes !== undefined && bytes(sizeBytes),
    durationMs !== undefined && `in ${duration(durationMs)}`,
    `${count(completed)} written`,
  ]);
  return html`<${Figure}
    label="Newest checkpoint"
    note=${html`${note}${failuresInARow > 0 ? html`<span class="error">, failed ${count(failuresInARow)} times in a row: ${clean(lastError ?? '', 160)}</span>` : null}`}
  >${lastMs === undefined ? 'none yet' : `${duration(Math.max(0, timeMs - lastMs))} ago`}<//>`;
}
