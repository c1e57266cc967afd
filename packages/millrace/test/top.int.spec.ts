// The commands about a running engine as processes: exit codes over real HTTP, and `top` on a real terminal of 80 × 24.
import { type ChildProcess, spawn } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DASHBOARD_LISTENING_CHANNEL, dashboard, type DashboardListening, StreamingContext } from 'millrace';
import { type DashboardFixture, dashboardFixture } from './dashboard-fixture.ts';
import { anyEngineState, anyInput, anyObservedBatch, anyVerdict, BEHIND } from './engine-states.ts';
import { hasTmux, TmuxTerminal } from './tmux-terminal.ts';

const MAIN = join(import.meta.dirname, '..', 'src', 'main.ts');
const NODE = [process.execPath, '--conditions=millrace:source', MAIN];
/** Bounds a hanging test; nothing depends on the length. */
const LIMIT_MS = 180_000;
const WAIT = { timeout: 90_000, interval: 50 };

const SHOWN = {
  state: anyEngineState({ inputs: [anyInput(), anyInput({ streamId: 1, name: 'http 8080 [1]' })] }),
  batches: [anyObservedBatch()],
};

let fixture: DashboardFixture;
const channel = new EventEmitter();
beforeEach(async () => {
  fixture = await dashboardFixture(SHOWN);
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await fixture.close();
});

/** Processes that a failed test leaves behind. */
const running = new Set<ChildProcess>();

function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const [command = '', ...before] = NODE;
  const env = { ...process.env, ...environment };
  const child = spawn(command, [...before, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child.once('exit', () => running.delete(child)));
  return child;
}

async function millrace(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const child = start(args, environment);
  let output = '';
  let warnings = '';
  child.stdout.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => void (warnings += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output, warnings };
}

describe('the commands about a running engine', { timeout: LIMIT_MS }, () => {
  it('end with the verdict', async () => {
    expect(await millrace(['status', fixture.url])).toMatchObject({
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
    expect(await millrace(['batch', 'latest', fixture.url])).toMatchObject({
      code: 0,
      output: expect.stringContaining('foreachPartition at 3-write'),
    });
  });

  it('print lines where no terminal is, until the reader goes away', async () => {
    const child = start(['top', fixture.url]);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect(line.toString()).toMatch(/^2026-\S+Z GOOD 8,400 records\/s, /);
    child.stdout.destroy();
    fixture.send('verdict', BEHIND);
    expect(await once(child, 'close')).toEqual([0, null]);
  });
});

describe('the commands about a real engine with its dashboard', { timeout: LIMIT_MS }, () => {
  it('tell the verdict, show a failed batch, and follow the engine live', async () => {
    const listening = once(channel, 'listening') as Promise<[DashboardListening]>;
    const onListening = (message: unknown): void => void channel.emit('listening', message);
    subscribe(DASHBOARD_LISTENING_CHANNEL, onListening);
    const ssc = new StreamingContext({
      appName: 'real orders',
      batchIntervalMs: 100,
      logLevel: 'silent',
      batches: { onBatchFailure: 'hold', maxAttempts: 1 },
      plugins: [dashboard({ port: 0 })],
    });
    let isBroken = false;
    ssc.queueStream<number>([]).foreachRDD(() => {
      if (isBroken) throw new Error('the table is gone');
    });
    try {
      await ssc.start();
      const [{ url }] = await listening;
      const live = start(['top', url]);
      let lines = '';
      live.stdout.on('data', (chunk: Buffer) => void (lines += chunk.toString()));
      await vi.waitFor(() => expect(lines).toMatch(/ GOOD 0 records\/s, /), WAIT);
      expect(await millrace(['status', url])).toMatchObject({
        code: 0,
        output: expect.stringMatching(/^GOOD: [^]*real orders: active for/),
        warnings: '',
      });
      isBroken = true;
      await vi.waitFor(() => expect(ssc.heldBatches).toHaveLength(1), WAIT);
      await vi.waitFor(() => expect(lines).toMatch(/ FAILED .*the table is gone/), WAIT);
      live.kill('SIGINT');
      expect(await once(live, 'exit')).toEqual([130, null]);
      expect(await millrace(['status', url])).toMatchObject({
        code: 2,
        output: expect.stringMatching(/^FAILED/),
      });
      expect(await millrace(['batch', 'held', url])).toMatchObject({
        code: 0,
        output: expect.stringMatching(/: held\n[^]*the table is gone/),
      });
    } finally {
      unsubscribe(DASHBOARD_LISTENING_CHANNEL, onListening);
      await ssc.stop({ graceful: false });
    }
  });
});

describe.skipIf(!hasTmux())('millrace top on a terminal (needs tmux)', { timeout: LIMIT_MS }, () => {
  let terminal: TmuxTerminal;
  beforeEach(() => {
    terminal = new TmuxTerminal(80, 24);
  });
  afterEach(() => terminal.close());

  const until = (check: () => void) => vi.waitFor(check, WAIT);
  const startTop = async (environment = '') => {
    terminal.enter('echo before');
    terminal.enter(`${environment} ${NODE.join(' ')} top ${fixture.url}; echo "code $?"`);
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
    await startTop();
    const screen = terminal.screen();
    expect(screen).toHaveLength(24);
    expect(screen[0]).toMatch(/12:03:17 UTC {2}live$/);
    expect(screen[1]).toBe('GOOD: Keeping up: batches take 38 % of their interval; a record waits 0.7 s.');
    expect(
      screen.filter((line) => /^(kafka orders|http 8080) \[\d\] +active +4,200/.test(line)),
    ).toHaveLength(2);
    expect(screen[23]).toBe('q quit   s inputs by attention   f batches: all   / search');
    expect(terminal.isAlternate).toBe(true);
    fixture.send('verdict', BEHIND);
    await until(() => expect(terminal.screen()[1]).toMatch(/^BEHIND since/));
    expect(terminal.colours()).toMatch(/\[1m.*\[35mBEHIND|\[1;35mBEHIND|\[35m.*BEHIND/);
    terminal.press('q');
    await isGivenBack(0);
  });

  it('searches, sorts and follows the size of the terminal', async () => {
    await startTop();
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
    await startTop();
    const shell = terminal.shellPid;
    const pid = Number(readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8'));
    expect(terminal.isAlternate).toBe(true);
    process.kill(pid, 'SIGTERM');
    await isGivenBack(143);
  });

  it('shows no colours with NO_COLOR, and lines on a dumb terminal', async () => {
    await startTop('NO_COLOR=1');
    // oxlint-disable-next-line no-control-regex -- the control sequences are the subject
    expect(terminal.colours()).not.toMatch(/\u001b\[[\d;]*3\dm/);
    terminal.press('q');
    await isGivenBack(0);
    terminal.enter(`TERM=dumb ${NODE.join(' ')} top ${fixture.url}`);
    await until(() =>
      expect(terminal.screen().some((line) => /^2026-\S+Z GOOD 8,400/.test(line))).toBe(true),
    );
    expect(terminal.isAlternate).toBe(false);
    terminal.press('C-c');
  });
});
