// The options of `webSocketMessages`.
import {
  CLIENT_TLS_RULE,
  type ClientTlsOptions,
  DECODING_RULES,
  type DecodingOptions,
  isOptions,
  option,
  type OptionTable,
  required,
  schemaByTable,
  wholeNumberWithin,
} from '@millrace/core/engine';

/** The options of the connection. */
export interface WebSocketConnectionOptions {
  /** The address, `ws://…` or `wss://…`. Secret behind the path: user, password and parameters are never printed. */
  readonly url: string;
  /** Fields of the request, for instance `{ Authorization: 'Bearer …' }`. Secret. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Names of subprotocols that the server may choose from. */
  readonly protocols?: readonly string[] | undefined;
  /** Texts that are sent when the connection stands, in order, for instance to subscribe. Secret. */
  readonly onOpen?: readonly string[] | undefined;
  /** TLS of a `wss:` address. Default: the certificates that Node trusts. */
  readonly tls?: ClientTlsOptions | undefined;
  /** The largest message, in bytes. A larger one ends the connection. */
  readonly maxMessageBytes: number;
  /** The longest time to connect, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** The longest silence, in milliseconds. The server is asked for a sign of life (ping) after a third of the time. */
  readonly silenceMs: number;
}

/** The options with every default filled in. */
export interface WebSocketOptions extends WebSocketConnectionOptions, DecodingOptions {}

/** The options as an application writes them. */
export interface WebSocketInput
  extends Partial<Omit<WebSocketConnectionOptions, 'url'>>, Partial<DecodingOptions> {
  readonly url: string;
}

/** Options whose values are never printed. */
export const WEBSOCKET_SECRETS = ['url', 'headers', 'onOpen', 'passphrase'] as const;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const MESSAGE_BYTES_MAX = 1_073_741_824;

/** The rules of the connection. */
export const WEBSOCKET_RULES: OptionTable<WebSocketConnectionOptions> = {
  url: required(option<string>('a URL of the form ws://host/path or wss://host/path', isAddress)),
  headers: option<Readonly<Record<string, string>>>('an object of texts, by names of fields', areHeaders),
  protocols: option<readonly string[]>('list of names, each once', areProtocols),
  onOpen: option<readonly string[]>('list of texts', areTexts),
  tls: CLIENT_TLS_RULE,
  maxMessageBytes: wholeNumberWithin(1, MESSAGE_BYTES_MAX, 1_048_576),
  connectTimeoutMs: wholeNumberWithin(1, 3_600_000, 10_000),
  silenceMs: wholeNumberWithin(1_000, 3_600_000, 60_000),
};

/** Describes the options of `webSocketMessages`. */
export const webSocketOptions = schemaByTable<WebSocketInput, WebSocketOptions>(
  { ...WEBSOCKET_RULES, ...DECODING_RULES },
  ({ url, tls }) =>
    tls !== undefined && !url.startsWith('wss:')
      ? [{ name: 'tls', expected: 'no tls without a wss: address' }]
      : [],
);

/** Protocol, host and path of an address, without secrets. */
export function addressOf({ url }: Pick<WebSocketOptions, 'url'>): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** Texts that no message may repeat. */
export function secretsOf({
  url,
  headers = {},
  onOpen = [],
  tls,
}: WebSocketOptions): readonly (string | undefined)[] {
  const { username, password, search, searchParams } = new URL(url);
  const inUrl = [
    username,
    password,
    decoded(username),
    decoded(password),
    search.slice(1),
    ...searchParams.values(),
  ];
  return [...inUrl, ...Object.values(headers), ...onOpen, tls?.passphrase];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isAddress(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, hostname, hash } = new URL(value);
  return (protocol === 'ws:' || protocol === 'wss:') && hostname !== '' && hash === '';
}

function areHeaders(value: unknown): boolean {
  if (!isOptions(value)) return false;
  return Object.entries(value).every(
    ([name, text]) => TOKEN.test(name) && typeof text === 'string' && /^[\t\x20-\x7E\x80-\xFF]*$/.test(text),
  );
}

function areProtocols(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((name) => typeof name === 'string' && TOKEN.test(name)) &&
    new Set(value).size === value.length
  );
}

function areTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
