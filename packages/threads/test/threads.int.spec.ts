// Real threads: programs started as a user would start them, each with a time limit of its own.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const flags = '--conditions=millrace:source';
/** Bounds a hanging program on a machine that is busy with other work; nothing depends on the length. */
const LIMIT_MS = 240_000;
let directory = '';

beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'millrace-threads-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function output(program: string, ...arguments_: string[]) {
  const file = join(import.meta.dirname, 'programs', `${program}.ts`);
  const { stdout, stderr } = await run(process.execPath, [flags, file, ...arguments_], {
    timeout: LIMIT_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { result: JSON.parse(stdout), stderr };
}

describe('a program whose wall clock is set back by an hour', { timeout: LIMIT_MS }, () => {
  it.each(['local', 'local[2]'])(
    'continues under %s: batches, blocks, retries, restarts, heartbeats and the stop',
    async (master) => {
      const programs = join(import.meta.dirname, 'programs');
      const preload = pathToFileURL(join(programs, 'set-clock-back.mjs')).href;
      const file = join(programs, 'clock-set-back.ts');
      const { stdout } = await run(process.execPath, [flags, '--import', preload, file, master, directory], {
        timeout: LIMIT_MS,
        env: { ...process.env, MILLRACE_TEST_SET_BACK: join(directory, 'set-back') },
      });
      const result = JSON.parse(stdout);
      expect(result).toMatchObject({
        isClean: true,
        wasSetBack: true,
        isWhole: true,
        increases: true,
        failed: 1,
        hung: master !== 'local',
        adjusted: ['ahead'],
        ahead: 1,
      });
      expect(result.batchesSinceStep).toBeGreaterThan(3);
      expect(result.restarts).toBeGreaterThan(3);
    },
  );
});

describe('a program on two threads', { timeout: LIMIT_MS }, () => {
  it('counts as in one process, and both threads take part', async () => {
    const local = await output('word-count', 'local');
    const threads = await output('word-count', 'local[2]');
    expect(local.result).toMatchObject({ isClean: true, threads: 1 });
    expect(threads.result).toEqual({ ...local.result, threads: 2 });
  });

  it('has the same event-time windows, joins, duplicates, late records and watermarks as in one process (BAT-4)', async () => {
    const local = await output('event-time', 'local');
    const threads = await output('event-time', 'local[2]');
    expect(local.result).toMatchObject({ isClean: true, threads: 1 });
    expect(threads.result).toEqual({ ...local.result, threads: 2 });
    for (const [name, batches] of Object.entries(local.result.results as Record<string, string[][]>)) {
      expect([name, batches.length]).toEqual([name, 12]);
      expect([name, batches.filter((batch) => batch.length > 0).length > 5]).toEqual([name, true]);
    }
  });

  describe.each(['local', 'local[2]'])('looks things up under %s', (master) => {
    it('as often as there are records, a bounded number at once', async () => {
      const service = await startService();
      const { result } = await output('lookups', master, `${service.port}`);
      const places = master === 'local' ? 1 : 2;
      expect(result).toEqual({ isClean: true, total: 199_000, keys: 5, threads: places });
      expect(service.keys.size).toBe(200);
      expect([...service.keys][0]).toMatch(/^lookups\/\d+00\/lookups\/[0-3]\/\d+$/);
      expect(service.mostOpen).toBeGreaterThan(8);
      expect(service.mostOpen).toBeLessThanOrEqual(4 * 8);
      await service.close();
    });

    it('and ends the other lookups of a batch that fails, on every thread', async () => {
      const service = await startService();
      const { result } = await output('lookups', master, `${service.port}`, 'fail');
      expect([result, service.aborted]).toEqual([{ isClean: true }, 3]);
      await service.close();
    });

    it('and ends all lookups at an immediate stop', async () => {
      const service = await startService();
      const { result } = await output('lookups', master, `${service.port}`, 'stop');
      expect(result).toEqual({ stopped: true });
      await until(() => service.aborted === 4);
      await service.close();
    });
  });

  it.each([
    ['graph', 'MR_REMOTE_PROGRAM_DIFFERS'],
    ['early', 'MR_THREADS_CRASHED'],
    ['quiet', 'MR_REMOTE_PROGRAM_ENDED'],
  ])('does not start when its executors come up with: %s', async (mistake, code) => {
    const { result } = await output('misbehaving', mistake, join(directory, 'mark'));
    expect(result).toMatchObject({ code });
  });

  it.each([
    ['exit', 'MR_THREADS_EXITED'],
    ['crash', 'MR_THREADS_CRASHED'],
    ['memory', 'MR_THREADS_OUT_OF_MEMORY'],
    ['hang', 'MR_REMOTE_NOT_RESPONDING'],
  ])('continues when one executor ends by: %s', async (mistake, code) => {
    const { result, stderr } = await output('misbehaving', mistake, join(directory, 'mark'));
    expect(result).toEqual({ sum: 21, isClean: true });
    expect(stderr).toContain(code);
  });

  it('loses nothing while its executors die at random, and reaches the same results (REC-1, BAT-1, BAT-4)', async () => {
    const { result } = await output('chaos', directory);
    const numbers = Array.from({ length: 700 }, (_, n) => n);
    expect(result).toMatchObject({ isClean: true, once: numbers });
    expect(result.receiverStops).toBeGreaterThan(2);
    const sums = result.sums.flat() as [number, number][];
    expect(sums.reduce((sum, [, part]) => sum + part, 0)).toBe((699 * 700) / 2);
    for (const [, sum, expected] of result.windows) expect(sum).toBe(expected);
    const arrived = new Set(result.atLeastOnce);
    expect(result.acknowledged).toHaveLength(700);
    expect(result.acknowledged.filter((n: number) => !arrived.has(n))).toEqual([]);
  });

  it('gets a second thread under load, and returns the thread afterwards', async () => {
    const { result } = await output('allocation');
    expect(result).toEqual({ isClean: true, failed: 0, sizes: [1, 2, 1], isWhole: true });
  });

  it('keeps the right state while executors die, and the driver too (STA-1)', async () => {
    const first = start('state', directory);
    await until(() => /counted [2-5]\d\d\n/.test(first.printed()));
    first.child.kill('SIGKILL');
    await exitOf(first.child);
    const second = start('state', directory);
    expect(await exitOf(second.child)).toBe(0);
    const result = JSON.parse(/^result (.*)$/m.exec(second.printed())?.[1] ?? '{}');
    const numbers = Array.from({ length: 700 }, (_, n) => n);
    const totals = Array.from({ length: 7 }, (_, key) => {
      const own = numbers.filter((n) => n % 7 === key);
      return [key, [own.length, own.reduce((sum, n) => sum + n, 0)]];
    });
    expect(JSON.parse(result.remembered)).toEqual(totals);
    expect(result.differing).toEqual([]);
    // An executor that dies during the stop does not answer; nothing else may be left.
    expect(result.left).toMatch(
      /; (?:nothing was left behind|left behind: no answer from [\w, -]+)(?:; not running before.*)?$/,
    );
    expect(result.windows).toBeGreaterThan(3);
  });

  it('stops gracefully at Ctrl-C, and no thread keeps the process alive', async () => {
    const program = spawn(process.execPath, [flags, join(import.meta.dirname, 'programs', 'endless.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    program.stdout.on('data', (text: Buffer) => (printed += text.toString()));
    await until(() => printed.includes('batch\n'));
    program.kill('SIGINT');
    expect(await exitOf(program)).toBe(0);
    expect(printed).toContain('nothing was left behind');
  });
});

/** A service that answers n with 10 × n after 20 ms. It never answers -1, and answers -2 once three requests wait. */
async function startService() {
  const seen = { keys: new Set<string>(), open: 0, mostOpen: 0, aborted: 0, waiting: 0 };
  const sockets = new Set<Socket>();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    if (url.pathname === '/waiting') return void until(() => seen.waiting === 4).then(() => response.end());
    if (url.pathname === '/aborted') return void until(() => seen.aborted === 3).then(() => response.end());
    const n = Number(url.pathname.slice(1));
    seen.keys.add(url.searchParams.get('key') ?? '');
    seen.open += 1;
    seen.mostOpen = Math.max(seen.mostOpen, seen.open);
    response.on('close', () => {
      seen.open -= 1;
      if (!response.writableEnded) seen.aborted += 1;
    });
    if (n === -1) return void (seen.waiting += 1);
    if (n === -2) await until(() => seen.waiting === 3);
    setTimeout(() => response.end(`${10 * n}`), 20);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return Object.assign(seen, { port, close });
}

/** Starts a program and collects its output. */
function start(program: string, ...arguments_: string[]) {
  const file = join(import.meta.dirname, 'programs', `${program}.ts`);
  const child = spawn(process.execPath, [flags, file, ...arguments_], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
  return { child, printed: () => text };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function exitOf(program: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => program.once('exit', (code) => resolve(code)));
}
