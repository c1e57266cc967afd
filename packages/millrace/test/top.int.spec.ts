// The commands about a running engine as processes: exit codes over real HTTP, and `top` on a real terminal of 80 × 24.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DashboardFixture, dashboardFixture } from './dashboard-fixture.ts';
import { anyEngineState, anyInput, anyObservedBatch, anyVerdict, BEHIND } from './engine-states.ts';
import { hasTmux, TmuxTerminal } from './tmux-terminal.ts';

const MAIN = join(import.meta.dirname, '..', 'src', 'main.ts');
const NODE = [process.execPath, '--conditions=millrace:source', MAIN];
/** Bounds a hanging test; nothing depends on the length. */
const LIMIT_MS = 60_000;
const WAIT = { timeout: 20_000, interval: 50 };

const SHOWN = {
  state: anyEngineState({ inputs: [anyInput(), anyInput({ streamId: 1, name: 'http 8080 [1]' })] }),
  batches: [anyObservedBatch()],
};

let dashboard: DashboardFixture;
beforeEach(async () => {
  dashboard = await dashboardFixture(SHOWN);
});
afterEach(() => dashboard.close());

async function millrace(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const [command = '', ...before] = NODE;
  const child = spawn(command, [...before, ...args], { env: { ...process.env, ...environment } });
  let output = '';
  let warnings = '';
  child.stdout.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => void (warnings += chunk.toString()));
  child.stdin.end();
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output, warnings };
}

describe('the commands about a running engine', { timeout: LIMIT_MS }, () => {
  it('end with the verdict', async () => {
    expect(await millrace(['status', dashboard.url])).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^GOOD: Keeping up/),
      warnings: '',
    });
    const behind = await dashboardFixture({ ...SHOWN, state: anyEngineState({ verdict: BEHIND }) });
    expect(await millrace(['status'], { MILLRACE_URL: behind.url })).toMatchObject({ code: 1 });
    await behind.close();
    expect(await millrace(['status', behind.url])).toMatchObject({
      code: 3,
      output: '',
      warnings: expect.stringMatching(/^cannot reach a dashboard at http:.*: connection refused; .*\n$/),
    });
  });

  it('tell a failed engine from a wrong command line', async () => {
    const verdict = anyVerdict({ level: 'failed', words: 'Held.' });
    const failed = await dashboardFixture({ ...SHOWN, state: anyEngineState({ verdict }) });
    expect(await millrace(['status', failed.url])).toMatchObject({ code: 2 });
    await failed.close();
    expect(await millrace(['status', '--wrong'])).toMatchObject({ code: 3 });
    expect(await millrace(['top', '--wrong'])).toMatchObject({ code: 2 });
  });

  it('show a batch', async () => {
    expect(await millrace(['batch', 'latest', dashboard.url])).toMatchObject({
      code: 0,
      output: expect.stringContaining('foreachPartition at 3-write'),
    });
  });

  it('print lines where no terminal is, until the reader goes away', async () => {
    const [command = '', ...before] = NODE;
    const child = spawn(command, [...before, 'top', dashboard.url], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect(line.toString()).toMatch(/^2026-\S+Z GOOD 8,400 records\/s, /);
    child.stdout.destroy();
    dashboard.send('verdict', BEHIND);
    expect(await once(child, 'close')).toEqual([0, null]);
  });
});

describe.skipIf(!hasTmux())('millrace top on a terminal (needs tmux)', { timeout: LIMIT_MS }, () => {
  let terminal: TmuxTerminal;
  beforeEach(() => {
    terminal = new TmuxTerminal(80, 24);
  });
  afterEach(() => terminal.close());

  const until = (check: () => void) => vi.waitFor(check, WAIT);
  const start = async (environment = '') => {
    terminal.enter('echo before');
    terminal.enter(`${environment} ${NODE.join(' ')} top ${dashboard.url}; echo "code $?"`);
    await until(() => expect(terminal.screen()[0]).toMatch(/^orders {2}active/));
  };
  /** The terminal is as before the command: the lines, the cursor, and a line editor that answers. */
  const isGivenBack = async (code: number) => {
    await until(() => expect(terminal.screen()).toContain(`code ${code}`));
    expect(terminal.screen()).toContain('before');
    expect([terminal.isAlternate, terminal.isCursorShown]).toEqual([false, true]);
    terminal.enter('stty -a | tr " " "\\n" | grep -cx -e icanon -e echo -e isig');
    await until(() =>
      expect(
        terminal
          .screen()
          .filter((line) => line !== '')
          .slice(-2, -1),
      ).toEqual(['3']),
    );
  };

  it('fills 80 × 24, follows the engine and gives the terminal back', async () => {
    await start();
    const screen = terminal.screen();
    expect(screen).toHaveLength(24);
    expect(screen[0]).toMatch(/12:03:17 UTC {2}live$/);
    expect(screen[1]).toBe('GOOD: Keeping up: batches take 38 % of their interval; a record waits 0.7 s.');
    expect(
      screen.filter((line) => /^(kafka orders|http 8080) \[\d\] +active +4,200/.test(line)),
    ).toHaveLength(2);
    expect(screen[23]).toBe('q quit   s inputs by attention   f batches: all   / search');
    expect(terminal.isAlternate).toBe(true);
    dashboard.send('verdict', BEHIND);
    await until(() => expect(terminal.screen()[1]).toMatch(/^BEHIND since/));
    expect(terminal.colours()).toMatch(/\[1m.*\[35mBEHIND|\[1;35mBEHIND|\[35m.*BEHIND/);
    terminal.press('q');
    await isGivenBack(0);
  });

  it('searches, sorts and follows the size of the terminal', async () => {
    await start();
    terminal.press('/', 'h', 't', 't', 'p', 'Enter', 's');
    await until(() =>
      expect(terminal.screen().at(-1)).toContain('s inputs by rate   f batches: all   / "http"'),
    );
    expect(terminal.screen().filter((line) => line.startsWith('kafka'))).toEqual([]);
    terminal.resize(60, 14);
    await until(() => expect(terminal.screen()[13]).toMatch(/^q quit/));
    expect(terminal.screen()).toHaveLength(14);
    terminal.press('C-c');
    await isGivenBack(130);
  });

  it('gives the terminal back when the process is ended from outside', async () => {
    await start();
    const shell = terminal.shellPid;
    const pid = Number(readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8'));
    expect(terminal.isAlternate).toBe(true);
    process.kill(pid, 'SIGTERM');
    await isGivenBack(143);
  });

  it('shows no colours with NO_COLOR, and lines on a dumb terminal', async () => {
    await start('NO_COLOR=1');
    // oxlint-disable-next-line no-control-regex -- the control sequences are the subject
    expect(terminal.colours()).not.toMatch(/\u001b\[[\d;]*3\dm/);
    terminal.press('q');
    await isGivenBack(0);
    terminal.enter(`TERM=dumb ${NODE.join(' ')} top ${dashboard.url}`);
    await until(() =>
      expect(terminal.screen().some((line) => /^2026-\S+Z GOOD 8,400/.test(line))).toBe(true),
    );
    expect(terminal.isAlternate).toBe(false);
    terminal.press('C-c');
  });
});
