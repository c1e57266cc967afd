// Outgoing connections, with or without TLS.
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import type { ClientTls } from '@millrace/core/engine';

/** Opens a TCP connection, with TLS if given: `connectTo`, or the fake of a test. */
export type Connect = (options: TcpNetConnectOpts, tls?: ClientTls) => Socket;

/** Begins to connect. @throws the error of Node for unusable certificates. */
export function connectTo(options: TcpNetConnectOpts, tls?: ClientTls): Socket {
  return tls === undefined ? connect(options) : connectSecurely({ ...options, ...tls });
}

/**
 * Reports whether a socket is connected to itself. Without a listener on a port of this machine, the system picks the same
 * port as local port once in some ten thousand connects. TCP then connects the socket to itself: no byte ever comes, and
 * the real server cannot listen on the port.
 */
export function isConnectedToItself(
  socket: Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>,
): boolean {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  return localPort !== undefined && localPort === remotePort && localAddress === remoteAddress;
}
