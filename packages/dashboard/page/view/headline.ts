// The head of the page: application, connection, the verdict with its cause, and the figures that everybody asks for first.
import type { Finding, VerdictLevel } from '@millrace/observe';
import { useRef } from 'preact/hooks';
import type { Model } from '../model/model.ts';
import { bytes, count, duration, listOf, percent, rate, several } from '../model/format.ts';
import { type Children, html, type View } from './html.ts';
import { Figure, Name, Time, Words } from './parts.ts';

/** The level in a word, with a mark of a shape of its own. */
export const LEVELS: Readonly<Record<VerdictLevel, { readonly word: string; readonly mark: string }>> = {
  failed: { word: 'Failed', mark: '■' },
  behind: { word: 'Behind', mark: '▲' },
  limited: { word: 'Limited', mark: '◆' },
  warning: { word: 'Warning', mark: '◆' },
  good: { word: 'Good', mark: '●' },
};

const STATES = {
  initialized: 'not started',
  standby: 'standing by',
  starting: 'starting',
  active: 'running',
  stopping: 'stopping',
  stopped: 'stopped',
} as const;

/** The connection in words. */
export function connectionWords({ connection, summary }: Model): string {
  if (connection === 'live') return summary?.state === 'stopped' ? 'Stopped' : 'Live';
  if (connection === 'connecting') return 'Connecting';
  // The dashboard of a plugin ends while its engine stops.
  const isOver = summary?.state === 'stopping' || summary?.state === 'stopped';
  return isOver ? 'Stopped' : 'Connection lost, trying again';
}

/** The line with the name of the application; the content goes first. */
export function TopLine({ model, children }: { readonly model: Model; readonly children?: Children }): View {
  const { summary } = model;
  const words = connectionWords(model);
  const kind = words === 'Live' ? 'live' : words === 'Connecting' ? 'waiting' : 'lost';
  return html`<header class="top">
    ${children}
    <p class="application"><a href="#/"><${Name} text=${summary?.application ?? 'Millrace'} length=${80} /></a></p>
    <p class=${`connection ${kind}`} role="status">
      <span class="dot" aria-hidden="true"></span>
      <span data-part="connection">${words}</span>
      ${words === 'Live' || summary === undefined ? null : html`<span class="note">figures of <${Time} ms=${summary.timeMs} /></span>`}
    </p>
  </header>`;
}

/** The verdict, and the further findings. */
export function Headline({ model }: { readonly model: Model }): View {
  const { summary } = model;
  const said = useRef<Finding | undefined>(undefined);
  if (summary === undefined) return html`<p class="waiting-words">Waiting for the engine …</p>`;
  const { verdict } = summary;
  const { word, mark } = LEVELS[verdict.level];
  const [finding, rest] = firstSentence(verdict.words);
  // Read out when the level or the rule changes, and not with every new figure in the words.
  if (said.current?.level !== verdict.level || said.current.rule !== verdict.rule) said.current = verdict;
  return html`<div class=${`verdict ${verdict.level}`} data-level=${verdict.level} data-rule=${verdict.rule}>
    <p class="level"><span aria-hidden="true">${mark}</span> ${word} <span class="since">since <${Time} ms=${verdict.sinceMs} /></span></p>
    <h1><${Words} text=${finding} /></h1>
    ${rest === '' ? null : html`<p class="advice"><${Words} text=${rest} /></p>`}
    <p class="unseen" role="status" data-part="verdict">${LEVELS[said.current.level].word}: ${said.current.words.replaceAll('`', '')}</p>
    ${
      verdict.others.length === 0
        ? null
        : html`<ul class="others" aria-label="Further findings">
          ${verdict.others.map(
            (finding) => html`<li class=${finding.level} key=${finding.rule}>
              <span class="level"><span aria-hidden="true">${LEVELS[finding.level].mark}</span> ${LEVELS[finding.level].word}</span>
              <${Words} text=${finding.words} />
            </li>`,
          )}
        </ul>`
    }
    ${
      summary.failure === undefined
        ? null
        : html`<p class="failure">The engine stops because of ${summary.failure.code ?? 'an error'}: <${Words} text=${summary.failure.message} /></p>`
    }
  </div>`;
}

/** The finding, which is the title, and the sentences with the cause and the next step. */
function firstSentence(words: string): readonly [string, string] {
  const end = /[.!?] (?=[A-Z`])/.exec(words);
  return end === null ? [words, ''] : [words.slice(0, end.index + 1), words.slice(end.index + 2)];
}

/** The figures below the verdict. */
export function Figures({ model }: { readonly model: Model }): View {
  const { summary } = model;
  if (summary === undefined) return null;
  const { totals, batches, delays, batchIntervalMs, startedMs, timeMs, driver } = summary;
  const perSecond = [...model.inputs.values()].reduce((sum, input) => sum + input.recordsPerSecond, 0);
  const bytesPerSecond = [...model.inputs.values()].reduce((sum, input) => sum + input.bytesPerSecond, 0);
  const odd = listOf([
    totals.failedBatches > 0 && several(totals.failedBatches, 'failed', 'failed'),
    totals.rerunBatches > 0 && `${count(totals.rerunBatches)} re-run`,
    totals.skippedBatches > 0 && `${count(totals.skippedBatches)} skipped`,
  ]);
  const dropped = listOf([
    totals.leftOutRecords > 0 && `${count(totals.leftOutRecords)} left out`,
    totals.recordErrors > 0 && `${count(totals.recordErrors)} failed`,
    totals.deadLetters > 0 && several(totals.deadLetters, 'dead letter'),
    totals.lateRecords > 0 && `${count(totals.lateRecords)} late`,
    totals.aheadRecords > 0 && `${count(totals.aheadRecords)} too far ahead`,
  ]);
  const waiting = batches.queued + batches.notMade;
  return html`<dl class="figures">
    <${Figure} label="Input" note=${bytesPerSecond > 0 ? `${bytes(bytesPerSecond)}/s` : ''}>${rate(perSecond)}<//>
    <${Figure} label="A record waits" note=${`p99 ${duration(delays.total.p99)}`}>${duration(delays.total.p50)}<//>
    <${Figure} label="Interval" note=${`batches take ${percent(delays.processing.p50 / batchIntervalMs)}`}>${duration(batchIntervalMs)}<//>
    <${Figure} label="Batches" note=${odd}>${count(totals.batches)}<//>
    <${Figure} label="Waiting" note=${batches.oldestDelayMs > 0 ? `the oldest for ${duration(batches.oldestDelayMs)}` : ''}>${several(waiting, 'batch', 'batches')}<//>
    <${Figure} label="Records" note=${dropped}>${count(totals.records)}<//>
    <${Figure}
      label=${summary.state === 'active' && startedMs !== undefined ? 'Running for' : 'State'}
      note=${driver.cores === undefined ? '' : `${driver.cores.toFixed(2)} cores`}
    >${summary.state === 'active' && startedMs !== undefined ? duration(timeMs - startedMs) : STATES[summary.state]}<//>
  </dl>`;
}
