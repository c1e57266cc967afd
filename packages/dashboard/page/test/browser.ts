// Chromium for tests of the page. A machine without Chromium skips such a test, with the reason; with
// MILLRACE_SERVERS=required, as in CI, the test fails instead.
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** The reason for a skipped test. */
export const NO_CHROMIUM =
  'Chromium is not installed (Debian package chromium; or set MILLRACE_CHROMIUM to its path)';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A page with everything that it reported. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors and warnings on the console, and errors that nobody caught. */
  readonly problems: string[];
  close(): Promise<void>;
}

/** Starts Chromium; undefined when it is not installed. @throws Error when it is required and not installed. */
export async function startChromium(): Promise<Browser | undefined> {
  const { MILLRACE_CHROMIUM: named, MILLRACE_SERVERS: servers } = process.env;
  const executablePath = named ?? PLACES.find((path) => existsSync(path));
  if (executablePath === undefined) {
    if (servers === 'required') throw new Error(NO_CHROMIUM);
    return undefined;
  }
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];
  return chromium.launch({ executablePath, args, timeout: 30_000 });
}

/** Opens an address in a new window; by default 1280 × 900, light. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1_280, height: 900 },
    colorScheme: 'light',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const problems: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(url);
  return { page, problems, close: () => context.close() };
}

/** The width by which the page is wider than the window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}
