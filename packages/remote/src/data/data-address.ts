// The address of a data server, and the rule that no data leaves a host without protection.
import { isIP } from 'node:net';
import { serverText } from '@millrace/core/engine';
import { remoteError } from '../remote-errors.ts';

/** An address to listen on, or to connect to. */
export interface DataAddress {
  /** A name or an IP address. */
  readonly host: string;
  readonly port: number;
}

const ADDRESS = /^(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<name>[A-Za-z0-9._-]+)):(?<port>\d{1,5})$/;
const PORT_MAX = 65_535;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;

/**
 * Parses `host:port`; an IPv6 address stands in brackets.
 *
 * @throws `MR_REMOTE_DATA_ADDRESS`.
 */
export function parseDataAddress(text: string): DataAddress {
  const { v6, name, port } = ADDRESS.exec(text)?.groups ?? {};
  const host = v6 ?? name;
  const isValid = host !== undefined && Number(port) <= PORT_MAX && (v6 === undefined || isIP(v6) === 6);
  if (isValid) return { host, port: Number(port) };
  throw remoteError(
    'MR_REMOTE_DATA_ADDRESS',
    `expected host:port, for instance host-2:7070 or [::1]:7070, got ${text}`,
    {
      details: { address: text },
    },
  );
}

/** The counterpart of `parseDataAddress`. */
export function formatDataAddress({ host, port }: DataAddress): string {
  return serverText(host, port);
}

/** True for an address that only processes of this host reach. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host.toLowerCase());
}

/**
 * Refuses a server that other hosts reach without TLS.
 *
 * @throws `MR_REMOTE_DATA_INSECURE`.
 */
export function assertProtected(
  { host }: DataAddress,
  { hasTls, insecureData }: { readonly hasTls: boolean; readonly insecureData: boolean },
): void {
  if (hasTls || insecureData || isLoopback(host)) return;
  throw remoteError(
    'MR_REMOTE_DATA_INSECURE',
    `the data server would listen on ${host}, where other hosts could read blocks and buckets: give certificates (tls), listen on 127.0.0.1, or say insecureData in a network that nobody else uses`,
    { details: { host } },
  );
}
