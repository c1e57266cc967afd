import { NodeStorage } from '@millrace/core';
import { afterEach, describe, expect, it } from 'vitest';
import { BUCKETS, DataRig, never, SECRET } from '../../test/data-rig.ts';
import {
  HOST_CERTIFICATE,
  HOST_KEY,
  OTHER_CERTIFICATE,
  OTHER_KEY,
  STRANGER_CERTIFICATE,
  STRANGER_KEY,
  TEST_AUTHORITY,
} from '../../test/test-certificates.ts';
import { MemoryStorage } from '@millrace/testing';
import { type DataTls, readDataTls } from './data-tls.ts';

const FILES = { 'ca.pem': TEST_AUTHORITY, 'host.pem': HOST_CERTIFICATE, 'host.key': HOST_KEY };
const HOST: DataTls = { ca: TEST_AUTHORITY, cert: HOST_CERTIFICATE, key: HOST_KEY, minVersion: 'TLSv1.3' };

let rig: DataRig | undefined;

afterEach(async () => {
  await rig?.close();
  rig = undefined;
});

async function outcomeOf(tls: DataTls | undefined, host = 'localhost'): Promise<unknown> {
  rig ??= await DataRig.start({ tls: HOST, limits: { tries: 1 } });
  const { port } = rig.server.address;
  const way = rig.fetcher(SECRET, tls).wayTo('e-1', { host, port });
  return way.fetch(BUCKETS, never).catch((error: unknown) => error);
}

describe('TLS between executors', () => {
  it('lets hosts of one authority fetch from each other, by name and by address', async () => {
    expect(await outcomeOf(HOST)).toEqual({ buckets: [Uint8Array.of(1, 2, 3)] });
    expect(await outcomeOf(HOST, '127.0.0.1')).toEqual({ buckets: [Uint8Array.of(1, 2, 3)] });
  });

  it('carries answers unchanged that wait for room', async () => {
    const bucket = Uint8Array.from({ length: 900_000 }, (_, index) => index % 251);
    const limits = { fetchBytesMax: 1_000_000 };
    rig = await DataRig.start({ tls: HOST, limits, answer: async () => ({ buckets: [bucket] }) });
    const { port } = rig.server.address;
    const way = rig.fetcher().wayTo('e-1', { host: 'localhost', port });
    const fetched = await Promise.all(Array.from({ length: 12 }, () => way.fetch(BUCKETS, never)));
    for (const one of fetched) {
      const { buckets } = one as { buckets: readonly Uint8Array[] };
      expect(buckets.map((bytes) => Buffer.from(bytes).equals(bucket))).toEqual([true]);
    }
  });

  it.each<[string, DataTls]>([
    ['no certificate', { ca: TEST_AUTHORITY, minVersion: 'TLSv1.3' }],
    ['a certificate of another authority', { ...HOST, cert: STRANGER_CERTIFICATE, key: STRANGER_KEY }],
    ['no trust in the authority of the server', { ...HOST, ca: STRANGER_CERTIFICATE }],
  ])('refuses a fetcher with %s', async (_, tls) => {
    expect(await outcomeOf(tls)).toMatchObject({ code: 'MR_REMOTE_DATA_FAILED' });
  });

  it('refuses a server whose certificate names another host', async () => {
    const other: DataTls = { ...HOST, cert: OTHER_CERTIFICATE, key: OTHER_KEY };
    rig = await DataRig.start({ tls: other, limits: { tries: 1 } });
    expect(await outcomeOf(HOST)).toMatchObject({ message: expect.stringMatching(/altnames/) });
  });

  it('refuses HTTP on the port of HTTPS', async () => {
    rig = await DataRig.start({ tls: HOST, limits: { tries: 1 } });
    const plain = await DataRig.start({ limits: { tries: 1 } });
    await expect(plain.fetch(rig.server.address)).rejects.toMatchObject({ code: 'MR_REMOTE_DATA_FAILED' });
    await plain.close();
  });

  it('reads its files from the storage, and accepts TLS 1.3 only', async () => {
    const storage = new MemoryStorage();
    for (const [path, text] of Object.entries(FILES)) {
      const file = await storage.open(path, 'create');
      await file.append([Buffer.from(text)]);
      await file.close();
    }
    const tls = await readDataTls(storage, { caFile: 'ca.pem', certFile: 'host.pem', keyFile: 'host.key' });
    expect(tls.minVersion).toBe('TLSv1.3');
    expect(await outcomeOf(tls)).toEqual({ buckets: [Uint8Array.of(1, 2, 3)] });
    const missing = readDataTls(new NodeStorage(), { caFile: '/no/ca.pem', certFile: 'b', keyFile: 'c' });
    await expect(missing).rejects.toMatchObject({ code: expect.stringMatching(/^MR_STORAGE_/) });
  });
});
