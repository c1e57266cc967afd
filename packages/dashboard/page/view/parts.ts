// The small parts that panels share: sections, times, names, figures, tables that scroll inside.
import { clean, NAME_LENGTH } from '../model/clean-text.ts';
import { batchTimeOfDay, timeOfDay, utc } from '../model/format.ts';
import { type Children, html, type View } from './html.ts';

/** A panel with a heading. `aside` stands at the right of the heading. */
export function Section(props: {
  readonly id: string;
  readonly title: string;
  readonly aside?: Children;
  readonly children?: Children;
}): View {
  const { id, title, aside, children } = props;
  return html`<section aria-labelledby=${id}>
    <header class="section-head">
      <h2 id=${id}>${title}</h2>
      ${aside === undefined ? null : html`<div class="aside">${aside}</div>`}
    </header>
    ${children}
  </section>`;
}

/** A time of day; the day and UTC on hover. `intervalMs` for a batch time. */
export function Time({
  ms,
  intervalMs = 1_000,
}: {
  readonly ms: number;
  readonly intervalMs?: number;
}): View {
  const text = intervalMs === 1_000 ? timeOfDay(ms) : batchTimeOfDay(ms, intervalMs);
  return html`<time dateTime=${new Date(ms).toISOString()} title=${utc(ms)}>${text}</time>`;
}

/** A name, cut, with the longer form on hover. */
export function Name({
  text,
  length = NAME_LENGTH,
}: {
  readonly text: string;
  readonly length?: number;
}): View {
  const short = clean(text, length);
  const long = clean(text, 200);
  return html`<span class="name" title=${short === long ? undefined : long}>${short}</span>`;
}

/** A figure with its label; `note` in small print. */
export function Figure(props: {
  readonly label: string;
  readonly children?: Children;
  readonly note?: Children;
}): View {
  const { label, children, note } = props;
  return html`<div class="figure">
    <dt>${label}</dt>
    <dd>
      <span class="value">${children}</span>
      ${note === undefined || note === null || note === '' ? null : html`<span class="note">${note}</span>`}
    </dd>
  </div>`;
}

/** A table that scrolls inside its place, by touch and by keyboard. */
export function Table(props: {
  readonly label: string;
  /** The heads of the columns; those that begin with `#` are for numbers. */
  readonly heads: readonly string[];
  readonly children?: Children;
}): View {
  const { label, heads, children } = props;
  return html`<div class="scroll" role="region" aria-label=${`Table: ${label}`} tabindex="0">
    <table>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col" class=${head.startsWith('#') ? 'number' : ''}>${head.replace('#', '')}</th>`)}
        </tr>
      </thead>
      <tbody>${children}</tbody>
    </table>
  </div>`;
}

/** A bar for a part of a whole, from 0 to 1; `tick` marks another part. */
export function Bar(props: {
  readonly part: number;
  readonly tick?: number;
  readonly isMarked?: boolean;
}): View {
  const { part, tick, isMarked = false } = props;
  const width = Math.max(0, Math.min(1, part)) * 100;
  return html`<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" width="100" height="6" />
    <rect class=${isMarked ? 'fill marked' : 'fill'} width=${width} height="6" />
    ${tick === undefined ? null : html`<rect class="tick" x=${tick * 100} width="1" height="6" />`}
  </svg>`;
}

/** Text with code between backticks. */
export function Words({ text }: { readonly text: string }): View {
  const parts = clean(text, 2_000).split('`');
  // An odd backtick is no code.
  const isPaired = parts.length % 2 === 1;
  return html`<span>${parts.map((part, index) => (isPaired && index % 2 === 1 ? html`<code>${part}</code>` : part))}</span>`;
}
