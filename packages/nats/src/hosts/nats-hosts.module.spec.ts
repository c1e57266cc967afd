import { ExecutorBackend, isMillraceError, ProcessRole } from '@millrace/core';
import { assemblePorts } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { natsHosts } from './nats-hosts.module.ts';

describe('natsHosts()', () => {
  it('binds the backend of the driver outside its executors, which spans hosts', () => {
    const { ports } = assemblePorts([natsHosts({ servers: 'a' })]);
    expect(ports.get(ExecutorBackend)).toMatchObject({
      name: 'nats-hosts',
      isRemote: true,
      spansHosts: true,
    });
    expect(ports.get(ProcessRole).executor).toBeUndefined();
  });

  it.each([
    ['nats://b,a', true],
    ['nats://a:4222,nats://b', true],
    ['nats://a', false],
    ['nats://a,b,c', false],
    ['redis://a,b', false],
    ['local[2]', false],
  ])('serves the master %s: %s', (master, isServed) => {
    const backend = assemblePorts([natsHosts({ servers: ['a', 'nats://b:4222'] })]).ports.get(
      ExecutorBackend,
    );
    expect(backend.serves?.has(master)).toBe(isServed);
    expect(backend.serves?.words).toBe('nats://a:4222,b:4222');
  });

  it.each([
    [{ servers: '' }, 'servers'],
    [{ servers: 'a', executors: 0 }, 'executors'],
    [{ servers: 'a', program: ' ' }, 'program'],
    [{ servers: 'a', username: 'u' }, 'username'],
    [{ servers: 'a', hosts: 2 } as object, 'hosts'],
  ])('refuses the options %j', (options, path) => {
    try {
      natsHosts(options as never);
      expect.unreachable();
    } catch (error) {
      expect(isMillraceError(error, 'MR_CONFIG_INVALID_OPTION')).toBe(true);
      expect(String(error)).toContain(path);
    }
  });

  it('shows no password', () => {
    const plugin = natsHosts({ servers: 'a', username: 'u', password: 'hidden-word' });
    expect(JSON.stringify(plugin)).not.toContain('hidden-word');
  });
});
