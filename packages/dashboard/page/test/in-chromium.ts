// Tests in Chromium: one browser for a file, and pages and servers that end with their test.
import { freePort } from '@millrace/testing';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, type TestContext, vi } from 'vitest';
import { dashboard, serveDashboard, type DashboardInput, type ServedDashboard } from '../../src/index.ts';
import type { ObservedSource } from '../../src/observed-source.ts';
import { type EngineScene, type RunningEngine, startEngine } from '../../test/engines.ts';
import { type FakeScene, FakeSource } from '../../test/fake-source.ts';
import { NO_CHROMIUM, openPage, startChromium, type WatchedPage } from './browser.ts';

const TEST_MS = 180_000;

let browser: Browser | undefined;
const ends: (() => Promise<unknown>)[] = [];

/** Registers the browser of a file: called once in each. */
export function useChromium(): void {
  vi.setConfig({ testTimeout: TEST_MS });
  beforeAll(async () => {
    browser = await startChromium();
  }, TEST_MS);
  afterAll(() => browser?.close());
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });
}

/** Ends something after the test. */
export function atEnd(end: () => Promise<unknown>): void {
  ends.push(end);
}

/** The function of a test that needs the browser: without one the test is skipped, with the reason. */
export function inChromium(test: () => Promise<void>): (context: TestContext) => Promise<void> {
  return async ({ skip }) => {
    if (browser === undefined) return skip(NO_CHROMIUM);
    await test();
  };
}

/** Opens an address. */
export async function open(url: string, options?: BrowserContextOptions): Promise<WatchedPage> {
  const watched = await openPage(browser!, url, options);
  atEnd(() => watched.close());
  return watched;
}

/** Serves a dashboard of a source. */
export async function serve(source: ObservedSource, options: DashboardInput = {}): Promise<ServedDashboard> {
  const served = await serveDashboard(source, { port: 0, ...options });
  atEnd(() => served.close());
  return served;
}

/** A fake engine in a state, and its page. */
export async function show(
  scene: FakeScene,
  options?: BrowserContextOptions,
): Promise<WatchedPage & { readonly source: FakeSource; readonly url: string }> {
  const source = new FakeSource({ scene });
  const { url } = await serve(source);
  return { source, url, ...(await open(url, options)) };
}

/** A real engine in a state, and its page. */
export async function run(scene: EngineScene): Promise<WatchedPage & { readonly engine: RunningEngine }> {
  const port = await freePort();
  const engine = await startEngine(scene, [dashboard({ port })]);
  atEnd(() => engine.stop());
  return { engine, ...(await open(`http://127.0.0.1:${port}/`)) };
}

/** The verdict as it is read out. */
export function verdictOf(page: Page): Locator {
  return page.locator('[data-part=verdict]');
}

/** The words about the connection. */
export function connectionOf(page: Page): Locator {
  return page.locator('[data-part=connection]');
}

/** The time of the newest batch in the list. */
export function newestBatchOf(page: Page): Locator {
  return page.getByRole('region', { name: 'Table: Batches' }).locator('tbody tr:not(.waiting) time').first();
}
