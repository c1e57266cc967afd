import { coreError, type ExecutorDescription } from '@millrace/core';
import type { DriverProgram } from '@millrace/core/engine';
import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { hostRequest } from '../../src/hosts/host-message-shapes.ts';
import type { RemoteExecutorBackend } from '../../src/remote-executor-backend.ts';
import { VirtualHosts } from './virtual-hosts.ts';

const SERVED = {
  application: 'app',
  fingerprint: 'f',
  shape: [],
  createExecutor: () => ({ ask: async () => ({}), close: async () => undefined }),
  close: async () => undefined,
};

/** A program of a driver, which records the events of its executors. */
function driverProgram(changed: Partial<DriverProgram> = {}) {
  const events: string[] = [];
  const program = {
    ...SERVED,
    epoch: 4,
    driver: { ask: async () => ({}) },
    membership: {
      onExecutorAdded: ({ executorId, host }: ExecutorDescription) => events.push(`${executorId} on ${host}`),
      onExecutorLost: (executorId: string, reason: string) =>
        events.push(`${executorId} lost: ${reason.split(':')[0]}`),
      onFailed: (error: unknown) => events.push(`failed: ${String(error)}`),
    },
    ...changed,
  } as unknown as DriverProgram;
  return { program, events };
}

/** Starts a backend whose number of executors follows the places, and lets the roll call end. */
async function started(
  network: VirtualHosts,
  backend: RemoteExecutorBackend,
  program: DriverProgram,
): Promise<void> {
  const starting = backend.start(program);
  await network.clock.advance(2_000);
  await starting;
}

function network(): VirtualHosts {
  return new VirtualHosts(SERVED as never);
}

describe('executors on hosts', () => {
  it('fill the places of all hosts, evenly, with arguments and names that are never used twice', async () => {
    const net = network();
    const [h1, h2] = [net.host('h1', 2), net.host('h2', 1)];
    const backend = net.backend();
    const { program, events } = driverProgram();
    await started(net, backend, program);
    expect(events.toSorted()).toEqual(['h1-0.4.0 on h1', 'h1-1.4.0 on h1', 'h2-0.4.0 on h2']);
    expect(h1.executors.get('h1-0.4.0')?.launch).toMatchObject({ epoch: 4, slot: 0, argv: ['--delay', '5'] });
    h2.executors.get('h2-0.4.0')?.exit(coreError('MR_EXECUTOR_UNREACHABLE', 'crashed'));
    await net.clock.advance(1_000);
    expect(events.slice(3)).toEqual(['h2-0.4.0 lost: MR_EXECUTOR_UNREACHABLE', 'h2-0.4.1 on h2']);
    await backend.stop();
    expect([h1.executors.size, h2.executors.size]).toEqual([0, 0]);
    await h1.agent.leave();
    await h2.agent.leave();
    expect(net.clock.pendingTimers).toBe(0);
  });

  it('are started as soon as no more hosts answer the roll call, at most 2 s later', async () => {
    const net = network();
    net.host('h1', 1);
    const backend = net.backend();
    const { program, events } = driverProgram();
    const starting = backend.start(program);
    await net.clock.advance(249);
    expect(events).toEqual([]);
    net.host('h2', 1);
    await net.clock.advance(249);
    expect(events).toEqual([]);
    await net.clock.advance(1);
    await starting;
    expect(events).toEqual(['h1-0.4.0 on h1', 'h2-0.4.0 on h2']);
    // A host that comes later is not waited for.
    net.host('h3', 1);
    await settle();
    expect(events).toHaveLength(3);
    await backend.stop();
  });

  it('starts without hosts, and with each host that joins later', async () => {
    const net = network();
    const backend = net.backend();
    const { program, events } = driverProgram();
    await started(net, backend, program);
    expect([events, backend.scaling.maxUseful]).toEqual([[], 0]);
    net.host('late', 1);
    await settle();
    expect(events).toEqual(['late-0.4.0 on late']);
    await backend.stop();
  });

  it('gives a requested number of executors places as they come', async () => {
    const net = network();
    net.host('h1', 1);
    const backend = net.backend({ executors: 2 });
    const { program, events } = driverProgram();
    await started(net, backend, program);
    expect([events, backend.scaling.wanted]).toEqual([['h1-0.4.0 on h1'], 2]);
    net.host('h2', 3);
    await settle();
    expect(events).toEqual(['h1-0.4.0 on h1', 'h2-0.4.0 on h2']);
    await backend.stop();
  });

  it('are lost with a host that is silent for 5 s, and the host gets new ones when it is back', async () => {
    const net = network();
    const h1 = net.host('h1', 1);
    const backend = net.backend();
    const { program, events } = driverProgram();
    await started(net, backend, program);
    net.cut.add('h1');
    await net.clock.advance(4_500);
    expect(events).toEqual(['h1-0.4.0 on h1']);
    await net.clock.advance(2_000);
    expect(events.slice(1)).toEqual(['h1-0.4.0 lost: MR_REMOTE_HOST_LOST']);
    expect([...h1.executors.keys()]).toEqual(['h1-0.4.0']);
    net.cut.delete('h1');
    await net.clock.advance(2_000);
    expect(events.slice(2)).toEqual(['h1-0.4.1 on h1']);
    expect([...h1.executors.keys()]).toEqual(['h1-0.4.1']);
    await backend.stop();
  });

  it('outlive a broken connection of the driver that is noticed, for as long as hosts wait', async () => {
    const net = network();
    net.host('h1', 1);
    const backend = net.backend();
    const { program, events } = driverProgram();
    await started(net, backend, program);
    const setConnected = (isConnected: boolean) => {
      net.isDriverConnected = isConnected;
      if (isConnected) net.cut.delete('h1');
      else net.cut.add('h1');
    };
    setConnected(false);
    await net.clock.advance(10_000);
    setConnected(true);
    await net.clock.advance(5_000);
    expect(events).toEqual(['h1-0.4.0 on h1']);
    setConnected(false);
    await net.clock.advance(20_000);
    setConnected(true);
    await net.clock.advance(5_000);
    expect(events.slice(1)).toEqual([expect.stringMatching(/^h1-0\.4\.0 lost/), 'h1-0.4.1 on h1']);
    await backend.stop();
  });

  it('end on a host that hears no driver for 15 s', async () => {
    const net = network();
    const h1 = net.host('h1', 2);
    const backend = net.backend();
    await started(net, backend, driverProgram().program);
    net.cut.add('h1');
    await net.clock.advance(13_000);
    expect(h1.executors.size).toBe(2);
    await net.clock.advance(4_000);
    expect(h1.executors.size).toBe(0);
    await backend.stop();
  });

  it('are lost at once with a host that leaves, and with a host process that was started again', async () => {
    const net = network();
    const [h1, h2] = [net.host('h1', 1), net.host('h2', 1)];
    const backend = net.backend();
    const { program, events } = driverProgram();
    await started(net, backend, program);
    await h1.agent.leave();
    await settle();
    expect(events.slice(2)).toEqual(['h1-0.4.0 lost: MR_REMOTE_HOST_LEFT']);
    expect(backend.scaling.maxUseful).toBe(1);
    h2.die();
    net.host('h2', 1);
    await settle();
    expect(events[3]).toBe('h2-0.4.0 lost: MR_REMOTE_HOST_LOST');
    await net.clock.advance(1_000);
    expect(events.slice(4)).toEqual(['h2-0.4.1 on h2']);
    await backend.stop();
  });

  it('are launched and ended once, although answers get lost and requests are repeated', async () => {
    const net = network();
    const h1 = net.host('h1', 1);
    const backend = net.backend({ executors: 1 });
    const { program, events } = driverProgram();
    net.lostReplies = 3;
    await started(net, backend, program);
    await net.clock.advance(8_000);
    expect(events).toEqual(['h1-0.4.0 on h1']);
    net.cut.add('h1');
    const stopping = backend.stop();
    await net.clock.advance(3_000);
    expect(h1.executors.size).toBe(1);
    net.cut.delete('h1');
    await net.clock.advance(3_000);
    await stopping;
    expect(h1.executors.size).toBe(0);
    const [launch] = net.requests.filter(({ request }) => request.kind === 'launch');
    await net.ask('h1', launch?.request as never);
    expect(h1.executors.size).toBe(0);
  });

  it('run on no host with another program; driver and host say so, with both sides', async () => {
    const net = network();
    net.host('h1', 1, { digest: 'other' });
    const backend = net.backend();
    const { program, events } = driverProgram();
    await started(net, backend, program);
    expect(events).toEqual([]);
    const [refused] = net.log.lines.filter(({ message }) => message === 'a host is refused');
    expect(refused?.fields).toMatchObject({
      host: 'h1',
      error: {
        code: 'MR_REMOTE_HOST_DIFFERS',
        message: expect.stringContaining('driver digest, host other'),
      },
    });
    const [told] = net.log.lines.filter(({ message }) => message === 'a driver refuses this host');
    expect(told?.fields).toMatchObject({ refusal: expect.stringContaining('driver digest, host other') });
    await backend.stop();
  });

  it('of a lower epoch end when a later driver joins, whose predecessor is refused', async () => {
    const net = network();
    const h1 = net.host('h1', 1);
    const [first, second] = [net.backend(), net.backend()];
    const [old, later] = [driverProgram(), driverProgram({ epoch: 5 })];
    await started(net, first, old.program);
    await started(net, second, later.program);
    expect([...h1.executors.keys()]).toEqual(['h1-0.5.0']);
    expect(later.events).toEqual(['h1-0.5.0 on h1']);
    expect(old.events.slice(0, 2)).toEqual(['h1-0.4.0 on h1', 'h1-0.4.0 lost: MR_REMOTE_DRIVER_GONE']);
    await net.clock.advance(5_000);
    expect(old.events.at(-1)).toMatch(/^failed: .*later driver has taken over/);
    await first.stop();
    expect([...h1.executors.keys()]).toEqual(['h1-0.5.0']);
    await second.stop();
  });

  it('report a clock that is off by more than 500 ms', async () => {
    const net = network();
    net.host('h1', 1);
    const launcher = net.launcher();
    net.clockOffsetMs = -700;
    const opening = launcher.open({ application: 'app', epoch: 1, wanted: 1 });
    await settle();
    await opening;
    const warned = net.log.lines.filter(({ message }) => message.startsWith('the clock of a host differs'));
    expect(warned.map(({ fields }) => fields)).toEqual([{ host: 'h1', offsetMs: -700 }]);
    await launcher.close();
  });

  it.each([6_000, -6_000])(
    'are not launched on a host whose clock is %s ms apart, until the clocks agree; both sides say so once',
    async (offsetMs) => {
      const net = network();
      net.host('h1', 1);
      net.clockOffsetMs = offsetMs;
      const backend = net.backend();
      const { program, events } = driverProgram();
      await started(net, backend, program);
      await net.clock.advance(10_000);
      expect(events).toEqual([]);
      const refused = net.log.lines.filter(({ message }) => message === 'a host is refused');
      expect(refused.map(({ fields }) => fields['error'])).toEqual([
        expect.objectContaining({
          code: 'MR_REMOTE_HOST_CLOCK_APART',
          details: { host: 'h1', offsetMs, maxMs: 5_000 },
        }),
      ]);
      const heard = net.log.lines.filter(({ message }) => message === 'a driver refuses this host');
      expect(heard.map(({ fields }) => fields['refusal'])).toEqual([
        expect.stringContaining(`by about ${offsetMs} ms, but at most 5000 ms are allowed`),
      ]);
      net.clockOffsetMs = 0;
      await net.clock.advance(3_000);
      expect(events).toEqual(['h1-0.4.0 on h1']);
      await backend.stop();
    },
  );

  it('are launched on a host whose clock may agree: its reply was on its way for long', async () => {
    const net = network();
    net.host('h1', 1);
    net.clockOffsetMs = 5_700;
    net.roundTripMs = 900;
    const backend = net.backend();
    const { program, events } = driverProgram();
    await started(net, backend, program);
    expect(events).toEqual(['h1-0.4.0 on h1']);
    net.roundTripMs = 0;
    await backend.stop();
  });

  it('get the secret of direct transfer and the data servers of other hosts from the driver', async () => {
    const net = network();
    const h1 = net.host('h1', 1, { dataAddress: 'h1.example:7070' });
    const dataSecret = new Uint8Array(32).fill(5);
    const launcher = net.launcher({ dataSecret });
    const opening = launcher.open({ application: 'app', epoch: 1, wanted: 1 });
    await settle();
    await opening;
    launcher.launch({ index: 0, life: 0, application: 'app' });
    await settle();
    expect(h1.executors.get('h1-0.1.0')?.launch.dataSecret).toEqual(dataSecret);
    const executor = (host: string) => ({ executorId: `${host}-0.1.0`, host, cores: 1 });
    const [toOne, toTwo] = launcher.pair(executor('h1'), executor('h2'));
    expect(toTwo).toMatchObject({ address: 'h1.example:7070' });
    expect(toOne).not.toHaveProperty('address');
    expect(
      hostRequest({ ...h1.executors.get('h1-0.1.0')?.launch, dataSecret: dataSecret.slice(1) }),
    ).toBeUndefined();
    await launcher.close();
  });

  it('are refused on a second host with the same name, once in the log', async () => {
    const net = network();
    net.host('h1', 1);
    const backend = net.backend();
    await started(net, backend, driverProgram().program);
    net.host('h1', 1);
    await net.clock.advance(3_000);
    const lines = net.log.lines.filter(({ message }) => message.startsWith('two hosts have the same name'));
    expect(lines).toHaveLength(1);
    await backend.stop();
  });

  it('outlive the late beats of an earlier process of their host', async () => {
    const net = network();
    const earlier = net.host('h1', 1);
    const backend = net.backend();
    const { program, events } = driverProgram();
    await started(net, backend, program);
    earlier.die();
    await net.clock.advance(7_000);
    net.host('h1', 1);
    await net.clock.advance(1_000);
    const before = [...events];
    expect(before.at(-1)).toBe('h1-0.4.1 on h1');
    const late = earlier.beats.at(-1);
    for (let more = 1; late !== undefined && more <= 10; more += 1) {
      net.hostSays({ ...late, beat: late.beat + more });
      await net.clock.advance(1_000);
    }
    expect(events).toEqual(before);
    await backend.stop();
  });

  it('come back to a host whose earlier process is taken for the newest one at first', async () => {
    const net = network();
    const earlier = net.host('h1', 1);
    earlier.die();
    net.host('h1', 1);
    const backend = net.backend();
    const { program, events } = driverProgram();
    const [late] = earlier.beats;
    if (late !== undefined) net.hostSays(late);
    await started(net, backend, program);
    for (let more = 1; late !== undefined && more <= 3; more += 1) {
      net.hostSays({ ...late, beat: late.beat + more });
      await net.clock.advance(1_000);
    }
    expect(events).toEqual(['h1-0.4.0 on h1']);
    await backend.stop();
  });

  it('run on the earlier of two hosts with one name when the later one is gone', async () => {
    const net = network();
    net.host('h1', 1);
    const backend = net.backend();
    const { program, events } = driverProgram();
    await started(net, backend, program);
    const later = net.host('h1', 1);
    await net.clock.advance(2_000);
    expect(events.at(-1)).toBe('h1-0.4.1 on h1');
    later.die();
    await net.clock.advance(12_000);
    expect(events.at(-1)).toBe('h1-0.4.2 on h1');
    await backend.stop();
  });
});
