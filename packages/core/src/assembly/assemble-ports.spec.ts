import { decorate, inject, injectable, LazyServiceIdentifier } from 'inversify';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { anything } from '../../test/schemas.ts';
import { BlockStore } from '../contracts/block-store.ts';
import { Clock } from '../contracts/clock.ts';
import { Codec } from '../contracts/codec.ts';
import { ExecutorBackend } from '../contracts/executor-backend.ts';
import { Logger } from '../contracts/logger.ts';
import { portToken, type PortToken } from '../contracts/port-token.ts';
import { RandomSource } from '../contracts/random-source.ts';
import { ReceivedBlockHandler } from '../contracts/received-block-handler.ts';
import { ReceiverFactory } from '../contracts/receiver.ts';
import { SchedulingPolicy } from '../contracts/scheduling-policy.ts';
import { Storage } from '../contracts/storage.ts';
import { StreamingListener } from '../contracts/streaming-listener.ts';
import { WriteAheadLogFactory } from '../contracts/write-ahead-log.ts';
import { coreError } from '../errors/core-errors.ts';
import { ManualClock } from '../time/manual-clock.ts';
import { MemoryBlockStore } from '../memory/memory-block-store.ts';
import { assemblePorts } from './assemble-ports.ts';
import { pluginModule } from './plugin-module.ts';
import manifest from '@millrace/core/package.json' with { type: 'json' };
import { definePlugin } from './define-plugin.ts';
import { noOptions } from './no-options.ts';
import type { Plugin } from './plugin.ts';
import { provide } from './provide.ts';

/** Ports of imagined plugins. */
interface Part {
  readonly label: string;
}
const Wheel = portToken<Part>('test:Wheel');
const Axle = portToken<Part>('test:Axle');
const Motor = portToken<Part>('test:Motor');

class NamedPart implements Part {
  readonly label: string;
  constructor(label: string) {
    this.label = label;
  }
}

type Bind = Parameters<Parameters<typeof pluginModule>[0]>[0];

/** A plugin that provides one part by default. */
function plugin(
  name: string,
  port: PortToken<Part>,
  told: {
    readonly requires?: readonly PortToken<unknown>[];
    readonly provides?: readonly PortToken<unknown>[];
    readonly bind?: (bind: Bind) => void;
    readonly contract?: number;
  } = {},
): Plugin {
  const { requires = [], provides = [port], contract = 1 } = told;
  const bind = told.bind ?? ((bindOne) => void bindOne(port).toResolvedValue(() => new NamedPart(name)));
  const module = () => pluginModule(bind);
  return definePlugin({
    name,
    version: '1.0.0',
    contract,
    provides,
    requires,
    optionsSchema: noOptions,
    module,
  })();
}

const codeOf = (code: string, message: string | RegExp = '') =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error;

describe('a module', () => {
  const part = new NamedPart('w');
  const ways: Readonly<Record<string, (bind: Bind) => unknown>> = {
    toConstantValue: (bind) => bind(Wheel).toConstantValue(part),
    toDynamicValue: (bind) => bind(Wheel).toDynamicValue(() => part),
    toResolvedValue: (bind) => bind(Wheel).toResolvedValue(() => part),
    inSingletonScope: (bind) =>
      bind(Wheel)
        .toResolvedValue(() => part)
        .inSingletonScope(),
    whenDefault: (bind) => bind(Wheel).toConstantValue(part).whenDefault(),
    onActivation: (bind) =>
      bind(Wheel)
        .toConstantValue(part)
        .onActivation((_, one) => one),
    'a list': (bind) => [bind(Wheel).toConstantValue(part)],
    'a word': (bind) => (bind(Wheel).toConstantValue(part), 'done'),
    null: (bind) => (bind(Wheel).toConstantValue(part), null),
    'an object whose then cannot be read': (bind) => {
      bind(Wheel).toConstantValue(part);
      const name = String(['then']);
      return Object.defineProperty({}, name, {
        get: () => {
          throw new Error('no');
        },
      });
    },
  };

  it.each(Object.entries(ways))('may return any value except a promise: %s', (_, bind) => {
    expect(
      assemblePorts([plugin('terse', Wheel, { bind: bind as (one: Bind) => void })]).ports.get(Wheel),
    ).toBe(part);
    const { module: _unused, ...rest } = plugin('bare', Wheel);
    const bare = { load: ({ bind: bindOne }: { bind: Bind }) => bind(bindOne) as void };
    expect(assemblePorts([{ ...rest, module: bare as never }]).ports.get(Wheel)).toBe(part);
  });
});

describe('an engine without plugins', () => {
  it('has the foundation', () => {
    const { bindings: bound } = assemblePorts([]);
    expect(bound.map(({ port, implementation }) => [port, implementation])).toEqual([
      ['Clock', 'SystemClock'],
      ['RandomSource', 'SystemRandom'],
      ['Logger', 'PinoLogger'],
      ['Storage', 'NodeStorage'],
      ['Codec', 'MsgpackCodec'],
      ['ProcessRole', 'DriverRole'],
      ['BlockStore', 'MemoryBlockStore'],
      ['ReceivedBlockHandler', 'MemoryReceivedBlockHandler'],
      ['SchedulingPolicy', 'LoadBalancedSchedulingPolicy'],
      ['RateEstimatorFactory', 'CapacityRateEstimatorFactory'],
      ['ThreadMeter', 'NodeThreadMeter'],
    ]);
    expect(bound.every(({ isDefault, plugin: name }) => isDefault && name === '@millrace/core')).toBe(true);
  });

  it('returns every port by its token, with its type', () => {
    const { ports } = assemblePorts([]);
    expectTypeOf(ports.get(Clock)).toEqualTypeOf<Clock>();
    expectTypeOf(ports.getAll(StreamingListener)).toEqualTypeOf<readonly StreamingListener[]>();
    for (const port of [Clock, RandomSource, Logger, Storage, Codec, BlockStore, ReceivedBlockHandler]) {
      expect(ports.has(port)).toBe(true);
      expect(ports.get<unknown>(port)).toBe(ports.get<unknown>(port));
    }
    expect(ports.getAll(SchedulingPolicy)).toEqual([ports.get(SchedulingPolicy)]);
    expect(ports.getAll(StreamingListener)).toEqual([]);
  });

  it('names a missing port and the packages that provide the port', () => {
    const { ports } = assemblePorts([]);
    expect(ports.has(WriteAheadLogFactory)).toBe(false);
    expect(() => ports.get(WriteAheadLogFactory)).toThrow(
      codeOf('MR_BOOT_MISSING_REQUIREMENT', 'WriteAheadLogFactory is provided by @millrace/wal'),
    );
    expect(() => ports.get(Wheel)).toThrow('add a plugin that provides test:Wheel');
  });

  it('opens and closes', async () => {
    const engine = assemblePorts([]);
    await expect(engine.open()).resolves.toBeUndefined();
    await expect(engine.close()).resolves.toBeUndefined();
  });
});

describe('plugins', () => {
  it('replace the foundation', () => {
    const clock = new ManualClock();
    const store: BlockStore = new MemoryBlockStore();
    const { ports } = assemblePorts([provide(Clock, clock), provide(BlockStore, store)]);
    expect(ports.get(Clock)).toBe(clock);
    expect(ports.get(BlockStore)).toBe(store);
  });

  it('replace defaults, which replace the foundation', () => {
    const defaults = [plugin('default-wheel', Wheel), plugin('default-axle', Axle)];
    const { ports, bindings: bound } = assemblePorts([plugin('given-wheel', Wheel)], { defaults });
    expect([ports.get(Wheel).label, ports.get(Axle).label]).toEqual(['given-wheel', 'default-axle']);
    expect(bound.filter(({ isDefault }) => !isDefault).map(({ plugin: name }) => name)).toEqual([
      'given-wheel',
    ]);
    expect(bound.some(({ plugin: name }) => name === 'default-wheel')).toBe(false);
  });

  it('replace a port of another plugin only with override', () => {
    const overriding = { ...plugin('thread', Wheel), overrides: [Wheel] };
    const { ports } = assemblePorts([plugin('program', Wheel), overriding, plugin('axle', Axle)]);
    expect([ports.get(Wheel).label, ports.get(Axle).label]).toEqual(['thread', 'axle']);
    const twice = () => assemblePorts([plugin('axle-1', Axle), plugin('axle-2', Axle), overriding]);
    expect(twice).toThrow(codeOf('MR_BOOT_DUPLICATE_PROVIDER'));
  });

  it('need not fulfil the requirements of a replaced default', () => {
    const defaults = [plugin('default-wheel', Wheel, { requires: [Motor] })];
    expect(assemblePorts([plugin('given-wheel', Wheel)], { defaults }).ports.has(Wheel)).toBe(true);
    expect(() => assemblePorts([], { defaults })).toThrow(codeOf('MR_BOOT_MISSING_REQUIREMENT'));
  });

  it('replace one port of a default that provides two', () => {
    const bind = (bindOne: Bind) => {
      bindOne(Wheel).toResolvedValue(() => new NamedPart('default'));
      bindOne(Axle).toResolvedValue((wheel) => new NamedPart(`axle on ${wheel.label}`), [Wheel]);
    };
    const both = plugin('both', Wheel, { provides: [Wheel, Axle], bind });
    const { ports } = assemblePorts([plugin('given', Wheel)], { defaults: [both] });
    expect(ports.get(Axle).label).toBe('axle on given');
  });

  it('may be single objects, described like any other', () => {
    const part = new NamedPart('mine');
    const engine = assemblePorts([provide(Wheel, part), provide(Axle, part, 'tests/axle')]);
    expect([engine.ports.get(Wheel), engine.ports.get(Axle)]).toEqual([part, part]);
    expect(engine.bindings.slice(-2).map(({ plugin: name }) => name)).toEqual([
      'application/test:Wheel',
      'tests/axle',
    ]);
    expectTypeOf(provide<Clock>)
      .parameter(1)
      .toEqualTypeOf<Clock>();
  });

  it('add any number of listeners and receivers, in order', () => {
    const listener = (label: string) => ({ label, onEvent: () => undefined });
    const [a, b, c] = [listener('a'), listener('b'), listener('c')];
    const two = plugin('two', Wheel, {
      provides: [StreamingListener],
      bind: (bind) => {
        bind(StreamingListener).toConstantValue(b);
        bind(StreamingListener).toConstantValue(c);
      },
    });
    const { ports, bindings: bound } = assemblePorts([provide(StreamingListener, a), two]);
    expect(ports.getAll(StreamingListener)).toEqual([a, b, c]);
    expect(bound.filter(({ port }) => port === 'StreamingListener').map(({ plugin: name }) => name)).toEqual([
      'application/StreamingListener',
      'two',
      'two',
    ]);
    expect(() => ports.get(StreamingListener)).toThrow(
      'StreamingListener has any number of providers: use getAll',
    );
    expect(ports.getAll(ReceiverFactory)).toEqual([]);
  });

  it('may inject all listeners, also none', () => {
    const counting = plugin('counting', Wheel, {
      requires: [],
      bind: (bind) => {
        bind(Wheel).toResolvedValue(
          (listeners: StreamingListener[]) => new NamedPart(String(listeners.length)),
          [{ serviceIdentifier: StreamingListener, isMultiple: true }],
        );
      },
    });
    const listener: StreamingListener = { onEvent: () => undefined };
    expect(assemblePorts([counting]).ports.get(Wheel).label).toBe('0');
    const { ports } = assemblePorts([counting, provide(StreamingListener, listener)]);
    expect(ports.get(Wheel).label).toBe('1');
  });

  it('start after their injections and requirements, in any order of the list', () => {
    const wheel = plugin('wheel', Wheel, {
      requires: [Axle],
      bind: (bind) => void bind(Wheel).toResolvedValue((axle) => new NamedPart(axle.label), [Axle]),
    });
    const axle = plugin('axle', Axle, { requires: [Motor] });
    const { bindings: bound } = assemblePorts([wheel, axle, plugin('motor', Motor)]);
    const order = bound.map(({ plugin: name }) => name).filter((name) => name !== '@millrace/core');
    expect(order).toEqual(['motor', 'axle', 'wheel']);
  });

  it('may bind in other ways of the container', () => {
    class Steered extends NamedPart {
      constructor(axle: Part) {
        super(`steered by ${axle.label}`);
      }
    }
    decorate(injectable(), Steered);
    decorate(inject(Axle), Steered, 0);
    const car = plugin('car', Wheel, {
      provides: [Wheel, Motor],
      requires: [Axle],
      bind: (bind) => {
        bind(Wheel).to(Steered);
        bind(Motor).toService(Wheel);
      },
    });
    const late = plugin('axle', Axle, {
      provides: [Axle],
      bind: (bind) => {
        bind(Axle).toResolvedValue(
          (clock: Clock) => new NamedPart(`axle at ${clock.now()}`),
          [new LazyServiceIdentifier(() => Clock)],
        );
      },
    });
    const { ports, bindings: bound } = assemblePorts([car, late, provide(Clock, new ManualClock(7))]);
    expect(ports.get(Wheel).label).toBe('steered by axle at 7');
    expect(ports.get(Motor)).toBe(ports.get(Wheel));
    expect(bound.slice(-3).map(({ port }) => port)).toEqual(['test:Axle', 'test:Wheel', 'test:Motor']);
  });

  it('start before the dependent part of the foundation', () => {
    const store = plugin('store', Wheel, {
      provides: [BlockStore],
      requires: [Motor],
      bind: (bind) => void bind(BlockStore).toConstantValue(new MemoryBlockStore()),
    });
    const order = assemblePorts([store, plugin('motor', Motor)]).bindings.map(({ port }) => port);
    const positions = ['test:Motor', 'BlockStore', 'ReceivedBlockHandler'].map((port) => order.indexOf(port));
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  });

  it('create each object once, at assembly', () => {
    let made = 0;
    const counted = plugin('counted', Wheel, {
      bind: (bind) => void bind(Wheel).toResolvedValue(() => new NamedPart(String((made += 1)))),
    });
    const user = plugin('user', Axle, {
      requires: [Wheel],
      bind: (bind) => void bind(Axle).toResolvedValue((wheel) => wheel, [Wheel]),
    });
    const { ports } = assemblePorts([counted, user]);
    expect(made).toBe(1);
    expect(ports.get(Axle)).toBe(ports.get(Wheel));
  });

  it('are opened in start order and closed in reverse', async () => {
    const calls: string[] = [];
    const resource = (label: string) => ({
      label,
      open: async () => void calls.push(`open ${label}`),
      close: async () => void calls.push(`close ${label}`),
    });
    const upper = plugin('upper', Wheel, {
      requires: [Axle],
      bind: (bind) => void bind(Wheel).toResolvedValue(() => resource('upper')),
    });
    const lower = plugin('lower', Axle, {
      bind: (bind) => void bind(Axle).toResolvedValue(() => resource('lower')),
    });
    const engine = assemblePorts([upper, lower]);
    expect(calls).toEqual([]);
    await engine.open();
    await engine.close();
    expect(calls).toEqual(['open lower', 'open upper', 'close upper', 'close lower']);
  });

  it('serve two engines in one process without sharing anything', async () => {
    const opened: Part[] = [];
    class Resource extends NamedPart {
      async open(): Promise<void> {
        opened.push(this);
      }
    }
    const shared = plugin('shared', Wheel, {
      bind: (bind) => void bind(Wheel).toResolvedValue(() => new Resource('wheel')),
    });
    const [first, second] = [assemblePorts([shared]), assemblePorts([shared])];
    expect(first.ports.get(Wheel)).not.toBe(second.ports.get(Wheel));
    expect(first.ports.get(BlockStore)).not.toBe(second.ports.get(BlockStore));
    await first.open();
    await first.close();
    expect(opened).toEqual([first.ports.get(Wheel)]);
    await second.open();
    expect(opened[1]).toBe(second.ports.get(Wheel));
  });
});

describe('the description of an engine', () => {
  it('prints ports in start order, then plugins with options and without secrets', () => {
    const wheels = definePlugin({
      name: '@acme/wheels',
      version: '2.0.0',
      contract: 1,
      provides: [Wheel],
      optionsSchema: anything<{ size: number; token: string }>(),
      secrets: ['token'],
      module: () => pluginModule((bind) => void bind(Wheel).toResolvedValue(() => new NamedPart('w'))),
    });
    const text = assemblePorts([wheels({ size: 3, token: 'hunter2' })]).describe();
    const core = `@millrace/core@${manifest.version}`;
    expect(text).toBe(
      [
        'start order',
        `   1  Clock                 SystemClock                   ${core}  (default)`,
        `   2  RandomSource          SystemRandom                  ${core}  (default)`,
        `   3  Logger                PinoLogger                    ${core}  (default)`,
        `   4  Storage               NodeStorage                   ${core}  (default)`,
        `   5  Codec                 MsgpackCodec                  ${core}  (default)`,
        `   6  ProcessRole           DriverRole                    ${core}  (default)`,
        `   7  BlockStore            MemoryBlockStore              ${core}  (default)`,
        `   8  ReceivedBlockHandler  MemoryReceivedBlockHandler    ${core}  (default)`,
        `   9  SchedulingPolicy      LoadBalancedSchedulingPolicy  ${core}  (default)`,
        `  10  RateEstimatorFactory  CapacityRateEstimatorFactory  ${core}  (default)`,
        `  11  ThreadMeter           NodeThreadMeter               ${core}  (default)`,
        '  12  test:Wheel            NamedPart                     @acme/wheels@2.0.0',
        'plugins',
        "  @acme/wheels@2.0.0  { size: 3, token: '***' }",
      ].join('\n'),
    );
  });

  it('states that there are no plugins', () => {
    expect(assemblePorts([]).describe()).toMatch(/plugins\n {2}none$/);
  });
});

describe('an assembly refuses', () => {
  const assembling =
    (plugins: readonly unknown[], defaults: readonly Plugin[] = []) =>
    () =>
      assemblePorts(plugins as readonly Plugin[], { defaults });

  it('a value that is not a plugin', () => {
    expect(assembling([{ name: 'x' }])).toThrow(
      codeOf('MR_BOOT_INVALID_PLUGIN', 'entry 0 of the plugins has to be a plugin'),
    );
    expect(assembling([null])).toThrow(/got null/);
    expect(assembling([[]])).toThrow(/got an array/);
  });

  it('a function in place of its plugin', () => {
    const wheels = definePlugin({
      name: '@acme/wheels',
      version: '1.0.0',
      contract: 1,
      provides: [Wheel],
      optionsSchema: noOptions,
      module: () => pluginModule(() => undefined),
    });
    expect(assembling([wheels])).toThrow(
      /got the function of @acme\/wheels: call this function, with options$/,
    );
  });

  it('a plugin passed twice', () => {
    const wheel = plugin('@acme/wheel', Wheel);
    expect(assembling([wheel, wheel])).toThrow(
      codeOf('MR_BOOT_DUPLICATE_PLUGIN', '@acme/wheel 1.0.0 appears twice'),
    );
  });

  it('two providers of one port, naming both', () => {
    const wheels = [plugin('round', Wheel), plugin('square', Wheel)];
    const said = codeOf('MR_BOOT_DUPLICATE_PROVIDER', /^round and square both provide test:Wheel/);
    expect(assembling(wheels)).toThrow(said);
    expect(assembling([], wheels)).toThrow(said);
  });

  it('a missing requirement, naming packages that provide it', () => {
    expect(assembling([plugin('car', Wheel, { requires: [ExecutorBackend] })])).toThrow(
      codeOf(
        'MR_BOOT_MISSING_REQUIREMENT',
        'car needs ExecutorBackend, but no plugin provides this port: ExecutorBackend is provided by @millrace/engine',
      ),
    );
  });

  it('an unsupported contract, whatever else is wrong with the plugin', () => {
    const said = codeOf(
      'MR_BOOT_CONTRACT_UNSUPPORTED',
      /^@acme\/w 1\.0\.0 was written for contract 2, but @millrace/,
    );
    expect(
      assembling([plugin('@acme/w', Wheel, { contract: 2 }), plugin('car', Axle, { requires: [Wheel] })]),
    ).toThrow(said);
    expect(assembling([{ name: '@acme/w', version: '1.0.0', contract: 2, shape: 'unknown' }])).toThrow(said);
  });

  it('plugins with circular requirements, naming each', () => {
    const circle = [
      plugin('a', Wheel, { requires: [Axle] }),
      plugin('b', Axle, { requires: [Motor] }),
      plugin('c', Motor, { requires: [Wheel] }),
    ];
    expect(assembling(circle)).toThrow(
      codeOf(
        'MR_BOOT_REQUIREMENT_CYCLE',
        /test:Wheel \(a\) needs test:Axle \(b\), test:Axle \(b\) needs test:Motor \(c\), test:Motor \(c\) needs test:Wheel \(a\)$/,
      ),
    );
  });

  it('a circle through the foundation', () => {
    const store = plugin('store', Wheel, {
      provides: [BlockStore],
      bind: (bind) => {
        bind(BlockStore).toResolvedValue(() => ({}) as BlockStore, [ReceivedBlockHandler] as never);
      },
    });
    expect(assembling([store])).toThrow(
      codeOf('MR_BOOT_REQUIREMENT_CYCLE', /ReceivedBlockHandler \(@millrace\/core\)/),
    );
  });

  it('a plugin without a declared binding', () => {
    expect(assembling([plugin('silent', Wheel, { bind: () => undefined })])).toThrow(
      codeOf(
        'MR_BOOT_INVALID_PLUGIN',
        'silent 1.0.0 cannot be used: the plugin declares test:Wheel in provides but does not bind it',
      ),
    );
  });

  it('a clock without the functions that wait for lengths of time', () => {
    const old = {
      now: () => 0,
      monotonicMs: () => 0,
      schedule: () => ({}),
      sleepUntil: async () => undefined,
    };
    const bind = (bindOne: Bind) => void bindOne(Clock).toConstantValue(old as never);
    expect(assembling([plugin('old', Wheel, { provides: [Clock], bind })])).toThrow(
      codeOf('MR_BOOT_INVALID_PLUGIN', 'its Clock lacks after and sleepFor'),
    );
    const whole = (bindOne: Bind) => void bindOne(Clock).toConstantValue(new ManualClock());
    expect(assembling([plugin('new', Wheel, { provides: [Clock], bind: whole })])).not.toThrow();
  });

  it('a plugin with an undeclared or repeated binding', () => {
    const bind =
      (...ports: readonly PortToken<Part>[]) =>
      (bindOne: Bind) => {
        for (const port of ports) bindOne(port).toConstantValue(new NamedPart('x'));
      };
    expect(assembling([plugin('sly', Wheel, { bind: bind(Wheel, Axle) })])).toThrow(
      codeOf(
        'MR_BOOT_INVALID_PLUGIN',
        'the plugin binds test:Axle without declaring it: list it in provides',
      ),
    );
    expect(assembling([plugin('eager', Wheel, { bind: bind(Wheel, Wheel) })])).toThrow(
      /the plugin binds test:Wheel more than once/,
    );
  });

  it('a plugin with an undeclared injection', () => {
    const bind = (bindOne: Bind) => void bindOne(Wheel).toResolvedValue((axle) => axle, [Axle]);
    expect(assembling([plugin('sly', Wheel, { bind }), plugin('axle', Axle)])).toThrow(
      codeOf(
        'MR_BOOT_INVALID_PLUGIN',
        'the plugin injects test:Axle without declaring it: list it in requires',
      ),
    );
  });

  it('a module that does more than bind', () => {
    const { module, ...rest } = plugin('meddler', Wheel);
    const meddling = { load: ({ unbind }: { unbind: (port: unknown) => void }) => unbind(Clock) };
    expect(assembling([{ ...rest, module: meddling }])).toThrow(
      codeOf('MR_BOOT_INVALID_PLUGIN', /must not call unbind/),
    );
    expect(assembling([{ ...rest, module: { load: async () => undefined } }])).toThrow(
      /the module is asynchronous/,
    );
    expect(module).toBeDefined();
  });

  it('a module with an asynchronous function, with or without pluginModule', () => {
    const later = async (bind: Bind) => void bind(Wheel).toConstantValue(new NamedPart('w'));
    const failing = () => Promise.reject(new Error('late'));
    for (const bind of [later, failing]) {
      expect(assembling([plugin('later', Wheel, { bind: bind as never })])).toThrow(
        codeOf('MR_BOOT_INVALID_PLUGIN', /the module is asynchronous/),
      );
    }
  });

  it('a factory that fails, returns a promise or nothing', () => {
    const making = (make: () => unknown) =>
      plugin('maker', Wheel, { bind: (bind) => void bind(Wheel).toResolvedValue(make as () => Part) });
    const failure = new Error('no disk');
    const fail = () => {
      throw failure;
    };
    expect(assembling([making(fail)])).toThrow(
      codeOf('MR_BOOT_INVALID_PLUGIN', 'its test:Wheel could not be made: no disk'),
    );
    expect(assembling([making(() => undefined)])).toThrow(/its test:Wheel came out as nothing/);
    expect(assembling([making(() => Promise.resolve(new NamedPart('late')))])).toThrow(
      codeOf('MR_BOOT_INVALID_PLUGIN'),
    );
  });

  it("with a plugin's own code where its factory has one", () => {
    const fail = () => {
      throw coreError('MR_STORAGE_LOCKED', 'the directory is in use');
    };
    const locked = plugin('locked', Wheel, { bind: (bind) => void bind(Wheel).toResolvedValue(fail) });
    expect(assembling([locked])).toThrow(codeOf('MR_STORAGE_LOCKED'));
  });

  it('a binding that is not a singleton', () => {
    const bind = (bindOne: Bind) =>
      void bindOne(Wheel)
        .toResolvedValue(() => new NamedPart('x'))
        .inTransientScope();
    expect(assembling([plugin('many', Wheel, { bind })])).toThrow(/is constructed for every request/);
  });

  it('with every problem in one error', () => {
    const plugins = [plugin('a', Wheel), plugin('b', Wheel), plugin('c', Axle, { requires: [Motor] }), null];
    expect(assembling(plugins)).toThrow(
      expect.objectContaining({
        code: 'MR_BOOT_REFUSED',
        message: expect.stringMatching(
          /^3 problems .*\n {2}- MR_BOOT_INVALID_PLUGIN: .*\n {2}- MR_BOOT_DUPLICATE_PROVIDER: .*\n {2}- MR_BOOT_MISSING_REQUIREMENT: /,
        ) as string,
        details: {
          problems: [
            expect.objectContaining({ code: 'MR_BOOT_INVALID_PLUGIN' }) as object,
            expect.objectContaining({ code: 'MR_BOOT_DUPLICATE_PROVIDER' }) as object,
            expect.objectContaining({ code: 'MR_BOOT_MISSING_REQUIREMENT' }) as object,
          ],
        },
      }),
    );
  });
});
