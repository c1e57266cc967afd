import { describe, expect, expectTypeOf, it } from 'vitest';
import { anything, refusing } from '../../test/schemas.ts';
import { Clock } from '../contracts/clock.ts';
import { Storage } from '../contracts/storage.ts';
import { StreamingListener } from '../contracts/streaming-listener.ts';
import { pluginModule } from './plugin-module.ts';
import { definePlugin } from './define-plugin.ts';
import { noOptions } from './no-options.ts';
import type { Plugin, PluginDefinition } from './plugin.ts';

const definition = {
  name: '@acme/time',
  version: '1.2.3',
  contract: 1,
  provides: [Clock],
  optionsSchema: noOptions,
  module: () => pluginModule(() => undefined),
} satisfies PluginDefinition<Record<string, never>, Record<string, never>>;

describe('definePlugin', () => {
  it('makes a frozen plugin of options', () => {
    const plugin = definePlugin({
      ...definition,
      requires: [Storage],
      optionsSchema: anything<{ zone: string; key: string }>(),
      secrets: ['key'],
    })({ zone: 'utc', key: 'k' });
    expect(plugin).toMatchObject({
      name: '@acme/time',
      version: '1.2.3',
      contract: 1,
      provides: [Clock],
      requires: [Storage],
      printableOptions: { zone: 'utc', key: '***' },
    });
    expect([plugin, plugin.provides, plugin.requires].every((part) => Object.isFrozen(part))).toBe(true);
  });

  it('passes frozen options to the module', () => {
    let given: { zone: string } | undefined;
    const module = (options: { zone: string }) => {
      given = options;
      return definition.module();
    };
    definePlugin({ ...definition, optionsSchema: anything<{ zone: string }>(), module })({ zone: 'utc' });
    expect(given).toEqual({ zone: 'utc' });
    expect(Object.isFrozen(given)).toBe(true);
  });

  it('refuses wrong options at the call', () => {
    const plugin = definePlugin({
      ...definition,
      optionsSchema: refusing({ message: 'unknown', path: ['zoen'] }),
    });
    expect(() => plugin({ zoen: 'utc' })).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' }),
    );
  });

  it('leaves the check of the contract to the assembly', () => {
    expect(definePlugin({ ...definition, contract: 99 })().contract).toBe(99);
  });

  it.each([
    ['name', { name: 'my plugin' }],
    ['version', { version: '' }],
    ['contract', { contract: 1.5 }],
    ['provides', { provides: [] }],
    ['list a port once', { provides: [Clock, Clock] }],
    ['port tokens', { provides: [undefined as unknown as symbol] }],
    ['optionsSchema', { optionsSchema: {} as typeof noOptions }],
    ['secrets', { secrets: [''] }],
    ['module', { module: undefined as unknown as typeof definition.module }],
  ])('finds a mistake in the definition: %s', (said, wrong) => {
    expect(() => definePlugin({ ...definition, ...wrong })).toThrow(TypeError);
    expect(() => definePlugin({ ...definition, ...wrong })).toThrow(said);
  });

  it('finds a module function that returns no module', () => {
    const plugin = definePlugin({ ...definition, module: () => undefined as never });
    expect(() => plugin()).toThrow(/^@acme\/time: .*use pluginModule/);
  });

  it('permits several listeners of one plugin', () => {
    expect(
      definePlugin({ ...definition, provides: [StreamingListener, StreamingListener] })().provides,
    ).toHaveLength(2);
  });

  it('requires an argument exactly when an option has no default', () => {
    const optional = definePlugin({ ...definition, optionsSchema: anything<{ zone?: string }>() });
    const required = definePlugin({ ...definition, optionsSchema: anything<{ zone: string }>() });
    expectTypeOf(optional).parameters.toEqualTypeOf<[options?: { zone?: string }]>();
    expectTypeOf(required).parameters.toEqualTypeOf<[options: { zone: string }]>();
    expectTypeOf(definePlugin(definition)).toBeCallableWith();
    expectTypeOf(required).returns.toEqualTypeOf<Plugin>();
    expect(optional().printableOptions).toEqual({});
  });
});
