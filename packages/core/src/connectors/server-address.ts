// The servers of a connection: rules of options for a host, for hosts with ports and for a URL, and the parts of either.
import { option, type OptionRule } from '../options/option-rules.ts';

/** The rule of an option for one host: no white space, slash or `@`. */
export const HOST_RULE: OptionRule<string> = option(
  'the name or address of a host',
  (value) => typeof value === 'string' && /^[^\s/@]+$/.test(value),
);

/** `host:port`; an address of version 6 in brackets. */
const SERVER = /^(?:\[[0-9a-fA-F:]+\]|[^\s:/@]+):\d{1,5}$/;

/** The rule of an option for at least one server, each as `host:port`; an address of version 6 in brackets. */
export const SERVERS_RULE: OptionRule<readonly string[]> = option(
  'list of texts of the form host:port',
  (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((server) => typeof server === 'string' && SERVER.test(server)),
);

/** `host:port` for messages and clients; an address of version 6 gets brackets. */
export function serverText(host: string, port: number): string {
  return `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}

/** The host in `host:port`, without brackets. */
export function hostOfServer(server: string): string {
  return withoutBrackets(server.slice(0, server.lastIndexOf(':')));
}

/** The form of a URL of a server. */
export interface ServerUrlForm {
  /** For instance `['amqp:', 'amqps:']`. */
  readonly protocols: readonly string[];
  /** The path in the URL, percent-encoded and with its slash. */
  readonly path: RegExp;
}

/** True for `protocol://user:password@host:port/path` without parameters, whose parts can be decoded. */
export function isServerUrl(value: unknown, { protocols, path }: ServerUrlForm): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, hostname, pathname, search, hash, username, password } = new URL(value);
  return (
    protocols.includes(protocol) &&
    hostname !== '' &&
    search === '' &&
    hash === '' &&
    path.test(pathname) &&
    [pathname, username, password].every(isDecodable)
  );
}

/** The decoded parts of a URL; a missing part is undefined. */
export interface ServerUrlParts {
  /** For instance `amqps:`. */
  readonly protocol: string;
  /** An address of version 6 without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** Without its first slash. */
  readonly path: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** The parts of a URL that `isServerUrl` accepts. */
export function serverUrlParts(url: string): ServerUrlParts {
  const { protocol, hostname, port, pathname, username, password } = new URL(url);
  return {
    protocol,
    host: withoutBrackets(hostname),
    port: port === '' ? undefined : Number(port),
    path: decoded(pathname.slice(1)),
    username: decoded(username),
    password: decoded(password),
  };
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function decoded(text: string): string | undefined {
  return text === '' ? undefined : decodeURIComponent(text);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
