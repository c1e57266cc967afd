// Arguments of a context from untyped code, and from missing settings.
import { settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StreamingContext } from './streaming-context.ts';

function program(options: object = {}) {
  const { clock, plugin, log } = virtualPorts();
  const ssc = new StreamingContext({ appName: 'app', batchIntervalMs: 1_000, plugins: [plugin], ...options });
  ssc.queueStream([[1], [2]]).foreachRDD(() => undefined);
  return { ssc, clock, log };
}

const invalid = (path: string) =>
  expect.objectContaining({
    code: 'MR_CONFIG_INVALID_OPTION',
    details: expect.objectContaining({ path, value: expect.any(String) as string }) as object,
  }) as Error;

describe('stop', () => {
  it.each([
    [{ deadlineMs: Number.NaN }, 'deadlineMs'],
    [{ deadlineMs: -1 }, 'deadlineMs'],
    [{ deadlineMs: '5000' }, 'deadlineMs'],
    [{ deadlineMs: null }, 'deadlineMs'],
    [{ graceful: 'no' }, 'graceful'],
    [{ gracefull: false }, 'gracefull'],
    [null, ''],
    [5_000, ''],
  ])('refuses %j, stops nothing, and can be called again', async (options, path) => {
    const { ssc, clock } = program();
    await ssc.start();
    await clock.advance(1_000);
    await expect(ssc.stop(options as never)).rejects.toThrow(invalid(path));
    expect(ssc.state).toBe('ACTIVE');
    expect((await ssc.stop()).isClean).toBe(true);
    expect(ssc.state).toBe('STOPPED');
  });

  it.each([0, 0.5, Infinity])('accepts a deadline of %d', async (deadlineMs) => {
    const { ssc } = program();
    await ssc.start();
    await ssc.stop({ deadlineMs });
    expect(ssc.state).toBe('STOPPED');
  });
});

describe('stopOnSignals', () => {
  it.each([
    [{ signals: 'SIGTERM' }, 'signals'],
    [{ signals: ['SIGNONE'] }, 'signals'],
    [{ deadlineMs: Number.NaN }, 'deadlineMs'],
    [{ deadline: 5 }, 'deadline'],
    [{ onSignal: 5 }, 'onSignal'],
    [{ onStopped: 'done' }, 'onStopped'],
    [5, ''],
  ])('refuses %j', (options, path) => {
    expect(() => program().ssc.stopOnSignals(options as never)).toThrow(invalid(path));
  });

  it('stops although the functions of the program throw, and logs their errors', async () => {
    const { ssc, log } = program();
    const fail = (): never => {
      throw new Error('mine');
    };
    ssc.stopOnSignals({ signals: ['SIGUSR2'], onSignal: fail, onStopped: fail });
    onTestFinished(() => void process.removeAllListeners('SIGUSR2'));
    await ssc.start();
    process.emit('SIGUSR2');
    await ssc.awaitTermination();
    await settle();
    const messages = log.lines.map(({ message }) => message);
    expect(messages).toContain('onSignal of stopOnSignals threw');
    expect(messages).toContain('onStopped of stopOnSignals threw');
  });
});

describe('a context', () => {
  it.each([undefined, '', ' ', 5, null])('is not made for the directory %j', async (directory) => {
    const context = StreamingContext.getOrCreate(directory as never, () => program().ssc);
    await expect(context).rejects.toThrow(invalid('directory'));
  });

  it.each([undefined, 5, {}])('is not made by %j', async (create) => {
    await expect(StreamingContext.getOrCreate('/state', create as never)).rejects.toThrow(invalid('create'));
  });

  it.each([Number.NaN, -1, '5', undefined])('is not awaited for %j', async (timeoutMs) => {
    await expect(program().ssc.awaitTerminationOrTimeout(timeoutMs as never)).rejects.toThrow(
      invalid('timeoutMs'),
    );
  });

  it('refuses events that never happen, and listeners that cannot be called', () => {
    const { ssc } = program();
    expect(() => ssc.on('batch:complete' as never, () => undefined)).toThrow(invalid('event'));
    expect(() => ssc.on('batch:completed', 5 as never)).toThrow(invalid('listen'));
    expect(() => ssc.addStreamingListener(5 as never)).toThrow(invalid('listener'));
    expect(() => ssc.addStreamingListener({} as never)).toThrow(invalid('listener'));
  });

  it.each([Symbol('s'), 1n, Object.create(null), '5', Number.NaN])(
    'names the option when the size of a block is %o',
    (maxBytesPerBlock) => {
      expect(() => program({ receiving: { maxBytesPerBlock } })).toThrow(
        invalid('receiving.maxBytesPerBlock'),
      );
    },
  );

  it.each(['receiving', 'tracking', 'batches', 'tasks', 'backPressure', 'executorAllocation'])(
    'refuses a map, a date or a promise as options of %s',
    (name) => {
      for (const value of [new Map([['a', 1]]), new Date(), Promise.resolve({})])
        expect(() => program({ [name]: value })).toThrow(invalid(name));
    },
  );
});
