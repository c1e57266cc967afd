import { BlockLogKeeper, isMillraceError, ReceivedBlockHandler } from '@millrace/core';
import { assemblePorts } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { natsBlocks } from './nats-blocks.module.ts';

const required = { servers: 'a', app: 'delays' };

describe('natsBlocks()', () => {
  it('binds a handler that every host reaches, and the keeper of its streams', () => {
    const { ports } = assemblePorts([natsBlocks({ ...required, stallMs: 7_000 })]);
    expect(ports.get(ReceivedBlockHandler)).toMatchObject({
      durability: 'machine',
      reach: 'everywhere',
      stallMs: 7_000,
    });
    expect(ports.has(BlockLogKeeper)).toBe(true);
  });

  it.each([
    [{ servers: '', app: 'a' }, 'servers'],
    [{ servers: 'a', app: 'with.dot' }, 'app'],
    [{ ...required, replicas: 0 }, 'replicas'],
    [{ ...required, windowMessages: 0 }, 'windowMessages'],
    [{ ...required, username: 'u' }, 'username'],
    [{ ...required, monitors: ['http://a:8222'], syncVerified: 'by-operator' }, 'syncVerified'],
    [{ ...required, streams: 3 }, 'streams'],
  ])('refuses the options %j', (options, path) => {
    try {
      natsBlocks(options as never);
      expect.unreachable();
    } catch (error) {
      expect(isMillraceError(error, 'MR_CONFIG_INVALID_OPTION')).toBe(true);
      expect(String(error)).toContain(path);
    }
  });

  it('shows no password', () => {
    const plugin = natsBlocks({ ...required, username: 'u', password: 'hidden-word' });
    expect(JSON.stringify(plugin)).not.toContain('hidden-word');
  });
});
