// Calls that types refuse and JavaScript allows: each is one coded error that says what to do.
import { BlockStore, MemoryBlockStore, provide } from '@millrace/core';
import { defineReceiver, noOptions, SinkWriter } from '@millrace/core';
import { virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { assembleEngine } from './assemble-engine.ts';
import { StreamingContext } from './streaming-context.ts';

const options = { appName: 'wrong', batchIntervalMs: 1_000 };
const store = () => provide(BlockStore, new MemoryBlockStore());
const refused = (code: string, ...words: string[]) =>
  expect.objectContaining({
    code,
    message: expect.stringMatching(new RegExp(words.join('.*'), 's')) as string,
  }) as Error;

const source = defineReceiver({
  name: 'source',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: false,
    ordering: 'per-stream',
    pause: true,
    bounded: false,
    format: 'records',
    touches: [],
  },
  options: noOptions,
  create: () => ({ start: () => undefined, stop: () => undefined }),
});

describe('a context', () => {
  it.each([[[]], [['words']], [[null]], [[{}]]])('is not made of %j', (args) => {
    const make = () => new (StreamingContext as unknown as new (...given: unknown[]) => unknown)(...args);
    expect(make).toThrow(refused('MR_CONFIG_INVALID_OPTION'));
  });

  it('names the intended option', () => {
    expect(() => new StreamingContext({ ...options, plugin: [store()] } as never)).toThrow(
      refused('MR_CONFIG_INVALID_OPTION', 'option plugin', 'did you mean plugins'),
    );
  });

  it('of an assembled engine takes no plugins and no level of logs, which would change nothing', () => {
    const engine = assembleEngine([]);
    const wrong = { ...options, plugins: [store()], logLevel: 'debug' };
    expect(() => engine.streamingContext(wrong as never)).toThrow(
      refused(
        'MR_CONFIG_INVALID_OPTION',
        'option plugins',
        'give plugins to assembleEngine',
        'option logLevel',
      ),
    );
    expect(engine.streamingContext(options).appName).toBe('wrong');
  });

  it.each([
    ['a function that was not called', source, 'call the function, receiverStream'],
    ['nothing', undefined, 'as made by a function of defineReceiver'],
    ['an object', {}, 'as made by a function of defineReceiver'],
    ['a class', StreamingContext, 'call the function'],
  ])('takes no stream of %s', (_what, receiver: unknown, words: string) => {
    const ssc = new StreamingContext({ ...options, plugins: [virtualPorts().plugin] });
    expect(() => ssc.receiverStream(receiver as never)).toThrow(refused('MR_GRAPH_INVALID_ARGUMENT', words));
    expect(ssc.receiverStream(source({}))).toBeDefined();
  });
});

describe('assembleEngine', () => {
  it.each([
    ['a plugin alone', store(), 'put the plugin into a list'],
    ['a function of plugins', store, 'expected a list of plugins'],
  ])('refuses %s', (_what, plugins, words) => {
    expect(() => assembleEngine(plugins as never)).toThrow(refused('MR_BOOT_INVALID_PLUGIN', words));
  });

  it('refuses a second plugin in the place of its options', () => {
    expect(() => assembleEngine([], store() as never)).toThrow(
      refused('MR_CONFIG_INVALID_OPTION', 'assembleEngine'),
    );
  });

  it('refuses a class for an instance, and an empty object', () => {
    expect(() => assembleEngine([provide(BlockStore, MemoryBlockStore as never)])).toThrow(
      refused('MR_BOOT_INVALID_PLUGIN', 'the class MemoryBlockStore'),
    );
    expect(() => assembleEngine([provide(BlockStore, {} as never)])).toThrow(
      refused('MR_BOOT_INVALID_PLUGIN', 'lacks put and get'),
    );
  });
});

describe('SinkWriter', () => {
  it.each([[undefined], [{}], [function sqliteSink() {}]])('refuses %s', (sink) => {
    expect(() => new SinkWriter(sink as never)).toThrow(
      refused('MR_CONFIG_INVALID_OPTION', 'function write'),
    );
  });
});

describe('the description of a context', () => {
  it('names the place of checkpoints and the executors', () => {
    const { plugin } = virtualPorts();
    const ssc = new StreamingContext({ ...options, plugins: [plugin], checkpointDirectory: '/data/state' });
    expect(ssc.describe()).toContain(
      [
        'context',
        '  application     wrong',
        '  batch interval  1000 ms',
        '  executors       in-process',
        '  checkpoints     /data/state',
        'start order',
      ].join('\n'),
    );
    const other = new StreamingContext({ ...options, plugins: [plugin] });
    expect(other.describe()).toContain('  checkpoints     none\n');
  });
});
