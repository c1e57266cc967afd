import {
  BlockLogKeeper,
  CheckpointStore,
  ExecutorBackend,
  isMillraceError,
  ReceivedBlockHandler,
  WriteAheadLogFactory,
} from '@millrace/core';
import { assemblePorts, DriverLease } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { natsCheckpoints } from './checkpoints/nats-checkpoints.module.ts';
import { LEASE_RENEWALS, LeaseRenewals } from './streams/lease-renewals.ts';
import { natsLease } from './lease/nats-lease.module.ts';
import { natsLog } from './log/nats-log.module.ts';
import { nats, type NatsInput } from './nats.ts';

const SERVERS = { servers: 'nats://a,b,c', app: 'delays', syncVerified: 'by-operator' } as const;

describe('nats()', () => {
  it('provides everything that several machines need, and every part reaches every host', () => {
    const { ports } = assemblePorts(
      nats({ ...SERVERS, lease: { ownServer: 'a' }, blocks: { stallMs: 5_000 }, hosts: { cores: 4 } }),
    );
    const reaches = [DriverLease, WriteAheadLogFactory, ReceivedBlockHandler, CheckpointStore].map(
      (port) => ports.get<{ readonly reach?: string }>(port).reach,
    );
    expect(reaches).toEqual(['everywhere', 'everywhere', 'everywhere', 'everywhere']);
    expect(ports.get(ReceivedBlockHandler).stallMs).toBe(5_000);
    expect(ports.get(ExecutorBackend).name).toBe('nats-hosts');
    expect(ports.has(BlockLogKeeper)).toBe(true);
  });

  it('gives log and checkpoints the renewals of the lease, and without a lease none', () => {
    const { log, checkpoints } = { log: natsLog(SERVERS), checkpoints: natsCheckpoints(SERVERS) };
    expect(assemblePorts([log, checkpoints]).ports.has(LEASE_RENEWALS)).toBe(false);
    const { ports } = assemblePorts([log, checkpoints, natsLease(SERVERS)]);
    expect(ports.get(LEASE_RENEWALS)).toBeInstanceOf(LeaseRenewals);
  });

  it.each([
    [{ ...SERVERS, app: 'a.b' }, 'app'],
    [{ ...SERVERS, replicas: 9 }, 'replicas'],
    [{ ...SERVERS, monitors: ['http://a:8222'] }, 'syncVerified'],
    [{ ...SERVERS, hosts: { cores: 0 } }, 'cores'],
    [{ ...SERVERS, lease: { ownServer: '' } }, 'ownServer'],
    [{ ...SERVERS, blocks: { window: 1 } as object }, 'window'],
  ] satisfies readonly (readonly [NatsInput, string])[])('refuses %j', (options, name) => {
    try {
      nats(options);
      expect.unreachable();
    } catch (error) {
      expect(isMillraceError(error, 'MR_CONFIG_INVALID_OPTION')).toBe(true);
      expect(String(error)).toContain(name);
    }
  });
});
