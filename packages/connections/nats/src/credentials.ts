// The ways in which a client of NATS shows who it is: options, rules, and the settings of the client library.
import type { Storage } from '@millrace/core';
import { filledText, type Mismatch, type OptionTable, pathText, readSmallFile } from '@millrace/core/engine';
import { type ConnectionOptions, credsAuthenticator, nkeyAuthenticator } from '@nats-io/transport-node';

/** The user of a connection: none, or one of the four ways. */
export interface NatsCredentialOptions {
  /** The user, together with `password`. Default: no authentication. */
  readonly username?: string | undefined;
  /** The password of the user. Secret. */
  readonly password?: string | undefined;
  /** The token of a server that asks for one. Secret. */
  readonly token?: string | undefined;
  /** A file with a user JWT and its key, as `nsc` writes; a path on the host that connects. */
  readonly credentialsFile?: string | undefined;
  /** A file with the seed of a user's nkey; a path on the host that connects. */
  readonly nkeyFile?: string | undefined;
}

/** The rules of a user. */
export const CREDENTIAL_RULES: OptionTable<NatsCredentialOptions> = {
  username: filledText('a name'),
  password: filledText('a text'),
  token: filledText('a text'),
  credentialsFile: pathText('the path of a file'),
  nkeyFile: pathText('the path of a file'),
};

/** Conflicts between the options of a user. */
export function credentialMismatches(
  options: NatsCredentialOptions,
): readonly Mismatch<NatsCredentialOptions>[] {
  const { username, password, token, credentialsFile, nkeyFile } = options;
  const mismatches: Mismatch<NatsCredentialOptions>[] = [];
  if ((username === undefined) !== (password === undefined))
    mismatches.push({ name: 'username', expected: 'username and password together, or neither' });
  const ways = [username, token, credentialsFile, nkeyFile].filter((way) => way !== undefined).length;
  if (ways > 1)
    mismatches.push({
      name: 'username',
      expected: 'one of username, token, credentialsFile and nkeyFile',
    });
  return mismatches;
}

/** The settings of the client library for a user. @throws for a file that cannot be read. */
export async function credentialSettings(
  { username, password, token, credentialsFile, nkeyFile }: NatsCredentialOptions,
  storage: Storage,
): Promise<Pick<ConnectionOptions, 'user' | 'pass' | 'token' | 'authenticator'>> {
  if (username !== undefined && password !== undefined) return { user: username, pass: password };
  if (token !== undefined) return { token };
  if (credentialsFile !== undefined)
    return { authenticator: credsAuthenticator(await readSmallFile(storage, credentialsFile)) };
  if (nkeyFile !== undefined)
    return { authenticator: nkeyAuthenticator(seedOf(await readSmallFile(storage, nkeyFile))) };
  return {};
}

/** The seed of a file, without the end of its line. */
function seedOf(file: Buffer): Uint8Array {
  return Buffer.from(file.toString('latin1').trim(), 'latin1');
}
