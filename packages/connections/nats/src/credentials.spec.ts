import { MemoryStorage } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { credentialMismatches, credentialSettings } from './credentials.ts';
import { isTlsAmbiguous, tlsSettings } from './tls-settings.ts';

/** A seed of the documentation of NATS, which protects nothing. */
const SEED = 'SUAGMJH5XLGZKQQWAWKRZJIGMOU4HPFUYLXJMXOO5NLFEO2OOQJ5LPRDPM';
const PUBLIC_KEY = /^U[A-Z2-7]{55}$/;

describe('the user of a connection', () => {
  it('has a password, a token, or the key of a file', async () => {
    const storage = new MemoryStorage();
    storage.writeFile('user.nk', Buffer.from(`${SEED}\n`));
    expect(await credentialSettings({ username: 'ann', password: 'x' }, storage)).toEqual({
      user: 'ann',
      pass: 'x',
    });
    expect(await credentialSettings({ token: 't' }, storage)).toEqual({ token: 't' });
    expect(await credentialSettings({}, storage)).toEqual({});
    const { authenticator } = await credentialSettings({ nkeyFile: 'user.nk' }, storage);
    const signed = typeof authenticator === 'function' ? authenticator('nonce') : undefined;
    expect(signed).toMatchObject({ nkey: expect.stringMatching(PUBLIC_KEY) as string });
    await expect(credentialSettings({ credentialsFile: 'absent' }, storage)).rejects.toMatchObject({
      code: 'MR_STORAGE_NOT_FOUND',
    });
  });

  it('is shown in one way', () => {
    expect(credentialMismatches({ nkeyFile: 'a' })).toEqual([]);
    for (const options of [
      { username: 'a', password: 'b', token: 't' },
      { credentialsFile: 'a', nkeyFile: 'b' },
    ])
      expect(credentialMismatches(options)).toEqual([
        { name: 'username', expected: 'one of username, token, credentialsFile and nkeyFile' },
      ]);
    expect(credentialMismatches({ username: 'a' })).toHaveLength(1);
  });
});

describe('TLS', () => {
  it('compares the certificate of a server with its address, and of several with serverName alone', async () => {
    const storage = new MemoryStorage();
    expect(await tlsSettings(undefined, ['10.0.0.1:4222'], storage)).toBeNull();
    expect(await tlsSettings({}, ['[::1]:4222', 'a:4222'], storage)).toMatchObject({ host: '::1' });
    expect(await tlsSettings({ serverName: 'a' }, ['10.0.0.1:4222'], storage)).not.toHaveProperty('host');
    const two = ['10.0.0.1:4222', '10.0.0.2:4222'];
    expect([
      isTlsAmbiguous({}, two),
      isTlsAmbiguous({ serverName: 'a' }, two),
      isTlsAmbiguous(undefined, two),
    ]).toEqual([true, false, false]);
  });
});
