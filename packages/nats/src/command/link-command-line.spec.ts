import { MemoryStorage } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { readHostCommandLine } from './host-command-line.ts';
import { hostLinkOptions } from './host-link-options.ts';
import { readInitCommandLine } from './init-command-line.ts';
import { linkInput } from './link-command-line.ts';

const HOST = ['--servers', 'a', '--app', 'delays', '--program', 'p.js', '--name', 'h'];

function storage(): MemoryStorage {
  const files = new MemoryStorage();
  files.writeFile('secret', 'correct horse\nsecond line\n');
  files.writeFile('empty', '\n');
  return files;
}

const linkOf = (...options: readonly string[]) =>
  hostLinkOptions(readHostCommandLine([...HOST, ...options]), storage());

describe('the connections of the commands', () => {
  it('have a user with the password of a file, a token of a file, or files of keys', async () => {
    expect(await linkOf('--user', 'ann', '--password-file', 'secret')).toMatchObject({
      servers: 'a',
      username: 'ann',
      password: 'correct horse',
      clientName: 'millrace-host-h',
      inboxPrefix: '_INBOX',
    });
    expect(await linkOf('--token-file', 'secret')).toMatchObject({ token: 'correct horse' });
    expect(await linkOf('--nkey', 'user.nk')).toMatchObject({ nkeyFile: 'user.nk' });
    expect(await linkOf('--credentials', 'user.creds')).toMatchObject({ credentialsFile: 'user.creds' });
  });

  it('have TLS, and a prefix of inboxes', async () => {
    const tls = [
      '--tls-ca',
      'ca',
      '--tls-cert',
      'cert',
      '--tls-key',
      'key',
      '--tls-passphrase-file',
      'secret',
    ];
    expect(await linkOf(...tls, '--tls-server-name', 'nats', '--inbox-prefix', 'mine')).toMatchObject({
      tls: {
        caFile: 'ca',
        certFile: 'cert',
        keyFile: 'key',
        passphrase: 'correct horse',
        serverName: 'nats',
      },
      inboxPrefix: 'mine',
    });
    expect(await linkOf('--tls')).toMatchObject({ tls: {} });
    expect((await linkOf()).tls).toBeUndefined();
  });

  it('refuse half a user, two users and a file without a secret, and repeat no secret', async () => {
    await expect(linkOf('--user', 'ann')).rejects.toMatchObject({ code: 'MR_CONFIG_INVALID_OPTION' });
    const two = linkOf('--user', 'ann', '--password-file', 'secret', '--token-file', 'secret');
    const error = await two.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'MR_CONFIG_INVALID_OPTION' });
    expect(JSON.stringify(error) + String(error)).not.toContain('correct horse');
    for (const file of ['empty', 'absent'])
      await expect(linkOf('--token-file', file)).rejects.toMatchObject({
        code: 'MR_CLUSTER_FILES_UNUSABLE',
        message: expect.stringContaining('--token-file') as string,
      });
  });

  it('are the same for millrace-nats init', async () => {
    const user = ['--user', 'ann', '--password-file', 'secret', '--inbox-prefix', 'mine'];
    const system = ['--system-user', 'sys', '--system-password-file', 'secret'];
    const asked = readInitCommandLine(['init', '--servers', 'a', '--app', 'delays', ...user, ...system]);
    expect(await linkInput(asked, storage())).toMatchObject({
      username: 'ann',
      password: 'correct horse',
      inboxPrefix: 'mine',
    });
    expect(asked).toMatchObject({ systemUser: 'sys', systemPasswordFile: 'secret' });
  });
});
