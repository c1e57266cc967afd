// The dashboard of real engines: as a plugin, and without one.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Logger, provide, ProcessRole } from '@millrace/core';
import { assemblePorts } from '@millrace/core/engine';
import { EngineGauges } from '@millrace/core/observation';
import { StreamingContext } from '@millrace/engine';
import { RecordingLogger } from '@millrace/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type RunningEngine, startEngine } from '../test/engines.ts';
import { dashboard, type DashboardListening, LISTENING_CHANNEL, serveDashboard } from './index.ts';

const TOKEN = 'let-me-in-let-me-in';
const heard: DashboardListening[] = [];
const hear = (message: unknown) => void heard.push(message as DashboardListening);
let engine: RunningEngine | undefined;

afterEach(async () => {
  await engine?.stop();
  engine = undefined;
  heard.length = 0;
});

const textOf = async (url: string) => (await fetch(url)).text();
const isGone = (url: string) =>
  fetch(url).then(
    () => false,
    () => true,
  );

describe('dashboard', () => {
  it('opens and closes with its engine', async () => {
    subscribe(LISTENING_CHANNEL, hear);
    engine = await startEngine('healthy', [dashboard({ port: 0 })]);
    unsubscribe(LISTENING_CHANNEL, hear);
    expect(heard).toHaveLength(1);
    const { url } = heard[0]!;
    await expect
      .poll(async () => JSON.parse(await textOf(`${url}api/v1/state`)).totals.batches)
      .toBeGreaterThan(2);
    const state = JSON.parse(await textOf(`${url}api/v1/state`));
    expect(state).toMatchObject({ schema: 1, application: 'healthy', state: 'active', batchIntervalMs: 100 });
    expect(state.inputs).toMatchObject([{ name: 'orders', isReceiver: true, state: 'active' }]);
    expect(state.graph.map(({ name }: { name: string }) => name)).toContain('valid-orders');
    expect((await fetch(`${url}readyz`)).status).toBe(200);
    expect(await textOf(`${url}metrics`)).toContain('millrace_batch_completed_total');
    await engine.stop();
    expect(await isGone(url)).toBe(true);
  });

  it('that cannot listen is reported, and stops nothing', async () => {
    const log = new RecordingLogger();
    // TEST-NET-1 of RFC 5737: the address of no machine.
    const ssc = new StreamingContext({
      appName: 'a',
      batchIntervalMs: 50,
      plugins: [dashboard({ host: '192.0.2.1', token: TOKEN }), provide(Logger, log)],
    });
    const batches: number[] = [];
    ssc.queueStream([[1]]).foreachRDD(() => void batches.push(1));
    await ssc.start();
    await expect.poll(() => batches.length).toBeGreaterThan(0);
    await ssc.stop();
    const [line] = log.lines.filter(({ level }) => level === 'error');
    expect(line?.message).toBe('dashboard cannot listen, and the engine goes on without');
    expect(line?.fields['error']).toMatchObject({ code: 'MR_DASHBOARD_NOT_LISTENING' });
    expect(JSON.stringify(log.lines)).not.toContain(TOKEN);
  });

  it('listens on the driver only', async () => {
    subscribe(LISTENING_CHANNEL, hear);
    const executor = { slot: '0', isFor: () => true, serve: () => new Promise<never>(() => undefined) };
    const ports = assemblePorts([
      dashboard({ port: 0 }),
      provide(ProcessRole, { executor }),
      provide(EngineGauges, { read: () => undefined, program: () => [] }),
    ]);
    await ports.open();
    await ports.close();
    unsubscribe(LISTENING_CHANNEL, hear);
    expect(heard).toEqual([]);
  });
});

describe('serveDashboard', () => {
  it('shows a context, also after its end, and keeps no process alive', async () => {
    const servers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;
    const before = servers();
    const ssc = new StreamingContext({ appName: 'watched', batchIntervalMs: 50, logLevel: 'silent' });
    ssc.queueStream([[1, 2]]).foreachRDD(async (rdd) => void (await rdd.count()));
    const page = await serveDashboard(ssc, { port: 0 });
    expect(servers()).toBe(before);
    await ssc.start();
    const state = async () => JSON.parse(await textOf(`${page.url}api/v1/state`));
    await expect.poll(async () => (await state()).totals.records).toBe(2);
    await ssc.stop();
    await expect.poll(async () => (await state()).state).toBe('stopped');
    await page.close();
    await page.close();
    expect(await isGone(page.url)).toBe(true);
  });

  it('refuses wrong options, and a host beyond loopback without a token', async () => {
    const ssc = new StreamingContext({ appName: 'a', batchIntervalMs: 50, logLevel: 'silent' });
    for (const options of [{ prt: 1 }, { host: '0.0.0.0' }]) {
      await expect(serveDashboard(ssc, options)).rejects.toMatchObject({ code: 'MR_CONFIG_INVALID_OPTION' });
    }
    await ssc.stop();
  });
});
