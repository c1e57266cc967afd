// The options of connections on the command lines of this package. Secrets come from files: every user of a machine can read the
// command lines of its processes.
import { type Storage } from '@millrace/core';
import { failureText, readSmallFile } from '@millrace/core/engine';
import type { Command } from 'commander';
import { clusterError } from '../cluster-errors.ts';
import type { NatsLinkOptions } from '../link/link-options.ts';

/** The connections of a command line. */
export interface AskedLink {
  readonly servers: string;
  readonly user?: string;
  readonly passwordFile?: string;
  readonly tokenFile?: string;
  readonly credentials?: string;
  readonly nkey?: string;
  readonly tls?: boolean;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsPassphraseFile?: string;
  readonly tlsServerName?: string;
  readonly inboxPrefix?: string;
}

/** Adds the options to a command. */
export function withLinkOptions(command: Command): Command {
  return command
    .requiredOption(
      '--servers <list>',
      'the servers of NATS, with commas: host, host:port or nats://host:port',
    )
    .option('--user <name>', 'the user, together with --password-file')
    .option('--password-file <file>', 'a file with the password of the user')
    .option('--token-file <file>', 'a file with the token of servers that ask for one')
    .option('--credentials <file>', 'a file with a user JWT and its key')
    .option('--nkey <file>', "a file with the seed of a user's nkey")
    .option('--tls', 'turns on TLS, with the certificates that Node trusts')
    .option('--tls-ca <file>', 'certificates to trust; turns on TLS')
    .option('--tls-cert <file>', 'the certificate of this client; turns on TLS')
    .option('--tls-key <file>', 'the key of that certificate')
    .option('--tls-passphrase-file <file>', 'a file with the passphrase of the key')
    .option('--tls-server-name <name>', 'the name in the certificates of the servers; turns on TLS')
    .option('--inbox-prefix <subject>', 'the first part of the subjects on which answers come');
}

/** The input of connections, with the secrets of the files. @throws `MR_CLUSTER_FILES_UNUSABLE`. */
export async function linkInput(
  asked: AskedLink,
  storage: Storage,
): Promise<Pick<NatsLinkOptions, 'servers'> & Partial<NatsLinkOptions>> {
  const { servers, user, credentials, nkey, tlsCa, tlsCert, tlsKey, tlsServerName, inboxPrefix } = asked;
  const passphrase = await secretOf('--tls-passphrase-file', asked.tlsPassphraseFile, storage);
  const tls = { caFile: tlsCa, certFile: tlsCert, keyFile: tlsKey, passphrase, serverName: tlsServerName };
  const hasTls = asked.tls === true || Object.values(tls).some((value) => value !== undefined);
  return {
    servers,
    username: user,
    password: await secretOf('--password-file', asked.passwordFile, storage),
    token: await secretOf('--token-file', asked.tokenFile, storage),
    credentialsFile: credentials,
    nkeyFile: nkey,
    ...(inboxPrefix === undefined ? {} : { inboxPrefix }),
    ...(hasTls ? { tls } : {}),
  };
}

/** The first line of a file; undefined without a file. @throws `MR_CLUSTER_FILES_UNUSABLE`, without the content. */
export async function secretOf(
  option: string,
  file: string | undefined,
  storage: Storage,
): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    const [line = ''] = (await readSmallFile(storage, file)).toString('utf8').split(/\r?\n/);
    if (line !== '') return line;
  } catch (error) {
    throw clusterError(
      'MR_CLUSTER_FILES_UNUSABLE',
      `expected a readable file in ${option}: ${failureText(error)}`,
    );
  }
  throw clusterError(
    'MR_CLUSTER_FILES_UNUSABLE',
    `expected a secret in the first line of the file in ${option}`,
  );
}
