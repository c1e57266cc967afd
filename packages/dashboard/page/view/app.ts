// The page as a whole: the panels in their order. A panel without content leaves itself out.
import { useEffect, useRef } from 'preact/hooks';
import { addressOf, hrefOf } from '../model/address.ts';
import type { Model } from '../model/model.ts';
import { BatchPage } from './batch-page.ts';
import { Batches } from './batches.ts';
import { ClusterPanel } from './cluster.ts';
import { EventTimePanel } from './event-time.ts';
import { ExecutorsPanel } from './executors.ts';
import { GraphPanel } from './graph.ts';
import { connectionWords, Figures, Headline, TopLine } from './headline.ts';
import { html, type View } from './html.ts';
import { Hatchings } from './phases.ts';
import { Receivers } from './receivers.ts';
import { StoragePanel } from './storage.ts';
import { Timelines } from './timelines.ts';
import { WhereTimeGoes } from './where-time-goes.ts';

/** The page. `hash` is the part of the address behind `#`. */
export function App({ model, hash }: { readonly model: Model; readonly hash: string }): View {
  const address = addressOf(hash);
  const { batch } = address;
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    if (batch === undefined) return;
    // A new page: readers begin at its top.
    scrollTo(0, 0);
    main.current?.querySelector<HTMLElement>('#batch-title')?.focus();
  }, [batch]);
  const go = (href: string): void => {
    location.hash = href;
  };
  const isOld = connectionWords(model) !== 'Live';
  return html`<div class=${isOld ? 'page old' : 'page'}>
    <${Hatchings} />
    <${TopLine} model=${model}>
      <a class="skip" href=${hrefOf(address, {})} onClick=${(event: Event) => skip(event, main.current)}>Skip to the content</a>
    <//>
    <main ref=${main} tabindex="-1">
      <${Headline} model=${model} />
      ${
        batch === undefined
          ? html`<div class="panels">
            <${Figures} model=${model} />
            <${Timelines} model=${model} address=${address} go=${go} />
            <${Receivers} model=${model} address=${address} />
            <${WhereTimeGoes} model=${model} address=${address} />
            <${StoragePanel} model=${model} />
            <${EventTimePanel} model=${model} />
            <${ClusterPanel} model=${model} />
            <${ExecutorsPanel} model=${model} />
            <${Batches} model=${model} address=${address} />
            <${GraphPanel} model=${model} />
          </div>`
          : html`<${BatchPage} key=${batch} model=${model} address=${address} batchTime=${batch} />`
      }
    </main>
    <footer>
      <p><a href="metrics">metrics</a> <a href="healthz">healthz</a> <a href="readyz">readyz</a> <a href="api/v1/state">api/v1/state</a></p>
      <p>Millrace</p>
    </footer>
  </div>`;
}

function skip(event: Event, main: HTMLElement | null): void {
  event.preventDefault();
  main?.focus();
}
