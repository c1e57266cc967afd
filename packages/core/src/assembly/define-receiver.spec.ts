import { describe, expect, expectTypeOf, it } from 'vitest';
import { anything, refusing, schemaOf } from '../../test/schemas.ts';
import {
  ReceiverFactory,
  type ConfiguredReceiver,
  type RangeContext,
  type Receiver,
  type ReceiverDefinition,
} from '../contracts/receiver.ts';
import type { PortToken } from '../contracts/port-token.ts';
import { defineReceiver } from './define-receiver.ts';

interface Address {
  readonly host: string;
  readonly password?: string;
}

const receiver: Receiver<string> = { start: () => undefined, stop: () => undefined };

const definition: ReceiverDefinition<string, Address, Address> = {
  name: 'socket-text',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: false,
    ordering: 'per-stream',
    pause: true,
    bounded: false,
    format: 'text',
    touches: ['network'],
  },
  options: anything<Address>(),
  create: () => receiver,
};

describe('defineReceiver', () => {
  it('makes frozen configured receivers', () => {
    const configured = defineReceiver(definition)({ host: 'a' });
    expect(configured).toMatchObject({ name: 'socket-text', contract: 1, preferredHost: undefined });
    expect(configured.create()).toBe(receiver);
    const parts = [configured, configured.capabilities, configured.capabilities.touches];
    expect(parts.every((part) => Object.isFrozen(part))).toBe(true);
  });

  it('lets replayable receivers read ranges again, with their options', async () => {
    const capabilities = { ...definition.capabilities, replayable: true };
    const readRange = async function* ({ host }: Address) {
      yield { kind: 'records' as const, records: [host] };
    };
    const factory = defineReceiver({ ...definition, capabilities, readRange });
    const pieces = factory({ host: 'a' }).readRange?.({ to: 1 }, {} as RangeContext);
    expect((await pieces?.[Symbol.asyncIterator]().next())?.value).toEqual({
      kind: 'records',
      records: ['a'],
    });
    expect(() => defineReceiver({ ...definition, readRange })).toThrow('capabilities.replayable is true');
    expect(defineReceiver(definition)({ host: 'a' }).readRange).toBeUndefined();
  });

  it('declares the kind of receiver', () => {
    const factory = defineReceiver(definition);
    expect([factory.receiverName, factory.name]).toEqual(['socket-text', 'socket-text']);
    expect(factory.capabilities).toEqual(definition.capabilities);
  });

  it('is described by its name by default', () => {
    expect(defineReceiver(definition)({ host: 'a' }).description).toBe('socket-text');
    const told = defineReceiver({
      ...definition,
      describe: ({ host }) => `socket ${host}`,
      preferredHost: ({ host }) => host,
    })({ host: 'db1' });
    expect([told.description, told.preferredHost]).toEqual(['socket db1', 'db1']);
  });

  it('passes the validated options to every receiver', () => {
    const made: unknown[] = [];
    const create = (options: { port: number }) => {
      made.push(options);
      return receiver;
    };
    const options = schemaOf<{ port?: number }, { port: number }>(({ port = 9999 }) => ({ value: { port } }));
    const { name, contract, capabilities } = definition;
    const configured = defineReceiver({ name, contract, capabilities, options, create })();
    configured.create();
    configured.create();
    expect(made).toEqual([{ port: 9999 }, { port: 9999 }]);
    expect(Object.isFrozen(made[0])).toBe(true);
  });

  it('refuses wrong options at once, without their secrets', () => {
    const options = refusing<Address>({ message: 'too short', path: ['password'] });
    const configure = () =>
      defineReceiver({ ...definition, options, secrets: ['password'] })({ host: 'a', password: 'pw' });
    expect(configure).toThrow('receiver socket-text does not accept option password: too short, got ***');
  });

  it('refuses a contract that is not supported', () => {
    expect(() => defineReceiver({ ...definition, contract: 7 })).toThrow(
      expect.objectContaining({
        code: 'MR_BOOT_CONTRACT_UNSUPPORTED',
        message: expect.stringMatching(
          /^receiver socket-text was written for contract 7, but @millrace\/core .* serves contract 1: install a newer @millrace\/core/,
        ) as string,
      }),
    );
  });

  it.each([
    ['kebab case', { name: 'SocketText' }],
    ['contract', { contract: 0 }],
    ['capabilities.ack', { capabilities: { ...definition.capabilities, ack: 'some' as 'none' } }],
    [
      'capabilities.pause',
      { capabilities: { ...definition.capabilities, pause: undefined as unknown as boolean } },
    ],
    [
      'capabilities.touches',
      { capabilities: { ...definition.capabilities, touches: 'network' as unknown as [] } },
    ],
    ['capabilities.maxInFlight', { capabilities: { ...definition.capabilities, maxInFlight: 0 } }],
    ['options', { options: {} as typeof definition.options }],
    ['create', { create: undefined as unknown as typeof definition.create }],
  ])('finds a mistake in the definition: %s', (said, wrong) => {
    expect(() => defineReceiver({ ...definition, ...wrong })).toThrow(TypeError);
    expect(() => defineReceiver({ ...definition, ...wrong })).toThrow(said);
  });

  it('fits the port under which plugins offer receivers', () => {
    const factory = defineReceiver(definition);
    expectTypeOf(factory).parameters.toEqualTypeOf<[options: Address]>();
    expectTypeOf(factory).returns.toEqualTypeOf<ConfiguredReceiver<string>>();
    expectTypeOf(factory).toExtend<typeof ReceiverFactory extends PortToken<infer F> ? F : never>();
    const { name, contract, capabilities, create } = definition;
    const options = schemaOf<{ host?: string }, Address>(({ host = 'a' }) => ({ value: { host } }));
    const optional = defineReceiver({ name, contract, capabilities, options, create });
    expectTypeOf(optional).toExtend<ReceiverFactory<unknown, never>>();
    expectTypeOf(optional).toBeCallableWith();
  });
});
