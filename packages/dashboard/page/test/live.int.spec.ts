// The live connection of the page: breaks, restarts, tokens, and many events.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ObserverChange } from '@millrace/observe';
import { freePort } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { dashboard } from '../../src/index.ts';
import { type RunningEngine, startEngine } from '../../test/engines.ts';
import { FakeSource } from '../../test/fake-source.ts';
import {
  atEnd,
  connectionOf,
  inChromium,
  newestBatchOf,
  open,
  serve,
  show,
  useChromium,
} from './in-chromium.ts';

const TOKEN = 'let-me-in-let-me-in';

useChromium();

describe('the connection', () => {
  it(
    'comes back after a restart of the engine, with the figures of the new one',
    inChromium(async () => {
      const port = await freePort();
      const first = await startEngine('healthy', [dashboard({ port })], 'first engine');
      const stop = (engine: RunningEngine) => () => engine.stop();
      const { page } = await open(`http://127.0.0.1:${port}/`);
      await page.getByRole('link', { name: 'first engine' }).waitFor();
      await expect.poll(() => connectionOf(page).textContent()).toBe('Live');
      await first.stop();
      await expect.poll(() => connectionOf(page).textContent()).toBe('Stopped');
      const second = await startEngine('healthy', [dashboard({ port })], 'second engine');
      atEnd(stop(second));
      await page.getByRole('link', { name: 'second engine' }).waitFor();
      await expect.poll(() => connectionOf(page).textContent()).toBe('Live');
    }),
  );

  it(
    'that breaks is said to be lost, and comes back by itself',
    inChromium(async () => {
      const source = new FakeSource();
      const served = await serve(source);
      const { page } = await open(served.url);
      await expect.poll(() => connectionOf(page).textContent()).toBe('Live');
      await served.close();
      await expect.poll(() => connectionOf(page).textContent()).toBe('Connection lost, trying again');
      await page.getByText(/^figures of \d\d:\d\d:\d\d$/).waitFor();
      source.tick();
      await serve(source, { port: Number(new URL(served.url).port) });
      await expect.poll(() => connectionOf(page).textContent()).toBe('Live');
      const newest = newestBatchOf(page);
      await expect.poll(() => newest.getAttribute('datetime')).toBe(new Date(source.lastBatch).toISOString());
    }),
  );

  it(
    'to a stopped engine says so',
    inChromium(async () => {
      const { page } = await show('stopped');
      await expect.poll(() => connectionOf(page).textContent()).toBe('Stopped');
    }),
  );

  it(
    'with a token in the address, also from a link of another site',
    inChromium(async () => {
      const { url } = await serve(new FakeSource(), { token: TOKEN });
      const elsewhere = createServer((_, response) => {
        response.setHeader('content-type', 'text/html');
        response.end(`<a href="${url}?token=${TOKEN}">dashboard</a>`);
      }).listen(0, '127.0.0.1');
      await once(elsewhere, 'listening');
      atEnd(async () => elsewhere.close());
      // Another name is another site.
      const { page } = await open(`http://localhost:${(elsewhere.address() as AddressInfo).port}/`);
      await page.getByRole('link', { name: 'dashboard' }).click();
      await page.getByRole('heading', { name: /^Keeping up/ }).waitFor();
      await expect.poll(() => page.url()).toBe(url);
      await expect.poll(() => connectionOf(page).textContent()).toBe('Live');
      expect(await page.evaluate(() => document.cookie)).toBe('');
    }),
  );

  it(
    'brings 30,000 events without a growing heap',
    inChromium(async () => {
      const source = new FakeSource({ batchIntervalMs: 100 });
      const { url } = await serve(source);
      const { page, problems } = await open(url);
      await page.locator('canvas').first().waitFor();
      const session = await page.context().newCDPSession(page);
      const heap = async () => {
        await session.send('HeapProfiler.collectGarbage');
        return (await session.send('Runtime.getHeapUsage')).usedSize;
      };
      const [template] = source.batches({ limit: 1 }).batches;
      const { recent } = source.state().timelines;
      let sent = 0;
      const last = <T>(column: readonly T[]) => column.slice(-1);
      const event = (batchTime: number): ObserverChange => ({
        kind: 'batch',
        batches: [{ ...template!, batchTime }],
        points: {
          timeMs: [batchTime],
          batches: [1],
          failed: [0],
          recordsPerSecond: last(recent.recordsPerSecond),
          schedulingMs: last(recent.schedulingMs),
          processingMs: last(recent.processingMs),
          totalMs: last(recent.totalMs),
          maxTotalMs: last(recent.maxTotalMs),
          rateLimit: last(recent.rateLimit),
          inputs: [],
        },
      });
      const send = async (events: number) => {
        for (const end = sent + events; sent < end;) {
          sent += 1;
          const batchTime = template!.batchTime + sent * 100;
          source.change(event(batchTime));
          // A turn each: changes of one moment would leave as one event.
          await new Promise((resolve) => setImmediate(resolve));
          // A page that is far behind would be cut off.
          if (sent % 1_000 !== 0) continue;
          const newest = newestBatchOf(page);
          const iso = new Date(batchTime).toISOString();
          await expect.poll(() => newest.getAttribute('datetime'), { timeout: 60_000 }).toBe(iso);
        }
      };
      await send(6_000);
      const before = await heap();
      await send(24_000);
      const after = await heap();
      expect(after - before).toBeLessThan(2_000_000);
      expect(after).toBeLessThan(40_000_000);
      expect(problems).toEqual([]);
    }),
  );
});
