// The panels of the page, by roles and texts.
import { describe, expect, it } from 'vitest';
import { inChromium, newestBatchOf, show, useChromium, verdictOf } from './in-chromium.ts';

useChromium();

describe('the page', () => {
  it(
    'has every panel with a heading, charts with labels, and tables on demand',
    inChromium(async () => {
      const { page, problems } = await show('behind');
      for (const title of [
        'Timelines',
        'Receivers',
        'Where the time goes',
        'Log, blocks, checkpoints',
        'Event time and state',
        'Driver and executors',
        'Batches',
        'Program',
      ]) {
        await page.getByRole('heading', { name: title, exact: true }).waitFor();
      }
      for (const title of ['Input rate', 'Scheduling delay', 'Processing time', 'Total delay']) {
        const label = new RegExp(`^${title}: median .*, p95 .*, p99 .*, max .*`);
        await expect.poll(() => page.getByRole('img', { name: label }).count()).toBe(1);
        const distribution = new RegExp(`^Distribution of ${title.toLowerCase()}: median .*, p99 `);
        await expect.poll(() => page.getByRole('img', { name: distribution }).count()).toBe(1);
      }
      await expect.poll(() => page.locator('canvas').count()).toBe(4);
      await page.getByText('The newest points as a table').click();
      await expect
        .poll(() => page.getByRole('region', { name: 'Table: Timelines' }).getByRole('row').count())
        .toBe(61);
      await page.getByText('The program as a table').click();
      await expect
        .poll(() =>
          page.getByRole('region', { name: 'Table: Nodes of the program' }).getByRole('row').count(),
        )
        .toBe(14);
      await page.getByText('full in 14 min', { exact: true }).waitFor();
      expect(problems).toEqual([]);
    }),
  );

  it(
    'has a panel of the lease and the hosts of a cluster, and none without a cluster',
    inChromium(async () => {
      const { page, problems } = await show('cluster');
      await page.getByRole('heading', { name: 'Cluster', exact: true }).waitFor();
      await page.getByText(/Lease: in-charge since .*, epoch 3, not certain/).waitFor();
      const rows = page.getByRole('region', { name: 'Table: Hosts' }).getByRole('row');
      await expect.poll(() => rows.count()).toBe(4);
      await expect.poll(() => rows.nth(3).textContent()).toMatch(/stream-9.*lost.*no beat for 5 s/s);
      expect(problems).toEqual([]);
      const { page: other } = await show('behind');
      await other.getByRole('heading', { name: 'Driver and executors' }).waitFor();
      expect(await other.getByRole('heading', { name: 'Cluster', exact: true }).count()).toBe(0);
    }),
  );

  it(
    'leaves out panels without content',
    inChromium(async () => {
      const { page, problems } = await show('empty');
      await page.getByRole('heading', { name: 'No batch has run yet.' }).waitFor();
      expect(await page.getByRole('heading', { level: 2 }).count()).toBe(0);
      expect(problems).toEqual([]);
    }),
  );

  it(
    'shows times of the reader, and UTC on hover',
    inChromium(async () => {
      const { page, source } = await show('healthy');
      const time = newestBatchOf(page);
      await time.waitFor();
      const iso = new Date(source.lastBatch).toISOString();
      await expect.poll(() => time.getAttribute('datetime')).toBe(iso);
      await expect
        .poll(() => time.getAttribute('title'))
        .toBe(`${iso.slice(0, 10)} ${iso.slice(11, 23)} UTC`);
      const hour = (new Date(source.lastBatch).getUTCHours() + 1) % 24;
      await expect.poll(() => time.textContent()).toMatch(new RegExp(`^${String(hour).padStart(2, '0')}:`));
    }),
  );

  it(
    'follows the engine: batches, rates, verdict',
    inChromium(async () => {
      const { page, source } = await show('healthy');
      await page.locator('[data-level=good]').waitFor();
      source.scene = 'limited';
      source.tick();
      source.change({ kind: 'verdict', verdict: source.verdict() });
      await page.locator('[data-level=limited]').waitFor();
      await expect
        .poll(() => verdictOf(page).textContent())
        .toContain('back-pressure holds kafka orders at 4,200 records/s');
      const newest = newestBatchOf(page);
      await expect.poll(() => newest.getAttribute('datetime')).toBe(new Date(source.lastBatch).toISOString());
      await expect.poll(() => page.title()).toBe('◆ order analytics – Millrace');
    }),
  );

  it(
    'tells a new level, and not every new figure',
    inChromium(async () => {
      const { page, source } = await show('limited');
      await page.locator('[data-level=limited]').waitFor();
      const said = await verdictOf(page).textContent();
      const words =
        'Keeping up because back-pressure holds `kafka orders` at 5,000 records/s; its lag grows by 10/s.';
      source.change({ kind: 'verdict', verdict: { ...source.verdict(), words } });
      await page.getByRole('heading', { level: 1, name: /5,000 records/ }).waitFor();
      expect(await verdictOf(page).textContent()).toBe(said);
    }),
  );

  it(
    'is not drawn while hidden',
    inChromium(async () => {
      const { page, source } = await show('healthy');
      await page.locator('[data-level=good]').waitFor();
      const hide = (isHidden: boolean) =>
        page.evaluate((hidden) => {
          Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
          document.dispatchEvent(new Event('visibilitychange'));
        }, isHidden);
      await hide(true);
      await page.evaluate(() => {
        const changes = { count: 0 };
        Object.assign(window, { changes });
        new MutationObserver((all) => void (changes.count += all.length)).observe(document.body, {
          subtree: true,
          childList: true,
          characterData: true,
        });
      });
      const changes = () =>
        page.evaluate(() => (window as unknown as { changes: { count: number } }).changes.count);
      source.tick();
      // The message has arrived when a request behind it is answered.
      await page.evaluate(() => fetch('healthz').then((answer) => answer.text()));
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect(await changes()).toBe(0);
      await hide(false);
      await expect.poll(changes).toBeGreaterThan(0);
    }),
  );
});
