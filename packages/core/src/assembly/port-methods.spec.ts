// Implementations of ports from untyped code: a missing function is found at the assembly, by name.
import { describe, expect, it } from 'vitest';
import { BlockStore } from '../contracts/block-store.ts';
import { Clock } from '../contracts/clock.ts';
import { Logger } from '../contracts/logger.ts';
import type { PortToken } from '../contracts/port-token.ts';
import { portToken } from '../contracts/port-token.ts';
import { ReceiverFactory } from '../contracts/receiver.ts';
import { StreamingListener } from '../contracts/streaming-listener.ts';
import { MemoryBlockStore } from '../memory/memory-block-store.ts';
import { assemblePorts } from './assemble-ports.ts';
import { provide } from './provide.ts';

const wrong = (port: unknown, implementation: unknown) => () =>
  assemblePorts([provide(port as PortToken<unknown>, implementation)]);
const refused = (message: string) =>
  expect.objectContaining({
    code: 'MR_BOOT_INVALID_PLUGIN',
    message: expect.stringContaining(message) as string,
  });

describe('an implementation of a port', () => {
  it.each([
    [
      BlockStore,
      {},
      'its BlockStore lacks put and get and has and remove and usage: see the interface BlockStore',
    ],
    [BlockStore, { put: 5, has: () => false }, 'lacks put and get'],
    [
      Clock,
      { now: () => 0 },
      'its Clock lacks monotonicMs and schedule and after and sleepUntil and sleepFor',
    ],
    [Logger, console, 'its Logger lacks child'],
    [StreamingListener, { onEvents: () => undefined }, 'lacks onEvent'],
    [BlockStore, 'memory', 'lacks put'],
    [ReceiverFactory, {}, 'is no function: bind a function of defineReceiver'],
  ])('of %s is refused without its functions', (port, implementation, message) => {
    expect(wrong(port, implementation)).toThrow(refused(message));
  });

  it('is refused as a class, with the remedy', () => {
    expect(wrong(BlockStore, MemoryBlockStore)).toThrow(
      refused('because it is the class MemoryBlockStore: give an instance, made with new'),
    );
  });

  it('may have its functions from a class, and more of them', () => {
    class Store extends MemoryBlockStore {
      more(): void {}
    }
    const store = new Store();
    expect(assemblePorts([provide(BlockStore, store)]).ports.get(BlockStore)).toBe(store);
  });

  it('of a port of a plugin is not looked at', () => {
    const own = portToken<object>('OwnPort');
    const implementation = {};
    expect(assemblePorts([provide(own, implementation)]).ports.get(own)).toBe(implementation);
  });
});

describe('a plugin for a port that is text', () => {
  it('is refused, because nobody would ask for the port', () => {
    expect(wrong('BlockStore', new MemoryBlockStore())).toThrow(
      refused('expected the token of a port, got the text "BlockStore"; import the token'),
    );
  });
});

describe('a list of plugins', () => {
  it.each([
    [provide(BlockStore, new MemoryBlockStore()), 'put the plugin into a list, [plugin]'],
    [5, 'expected a list of plugins, got 5'],
    [new Set(), 'expected a list of plugins'],
  ])('is refused as another value', (plugins, message) => {
    expect(() => assemblePorts(plugins as never)).toThrow(refused(message));
  });
});
