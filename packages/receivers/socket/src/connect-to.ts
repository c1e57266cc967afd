// Opens connections. A connection is of use when its bytes are those of the peer: with TLS that is after the handshake.
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import type { ClientTls } from './client-tls.ts';

/** Opens a TCP connection, with TLS where that is given: `connectTo`, or what a test puts in its place. */
export type Connect = (options: TcpNetConnectOpts, tls?: ClientTls) => Socket;

/** Begins to connect. @throws what Node says about unusable certificates. */
export function connectTo(options: TcpNetConnectOpts, tls?: ClientTls): Socket {
  return tls === undefined ? connect(options) : connectSecurely({ ...options, ...tls });
}

/**
 * Whether a socket is connected with itself. A connect to a port of this machine on which nobody listens is given a local
 * port by the system, and once in some ten thousand times that is the very port: TCP then connects both sides of one
 * socket. Nothing ever comes, and whoever wants to listen there cannot.
 */
export function isConnectedToItself(
  socket: Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>,
): boolean {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  return localPort !== undefined && localPort === remotePort && localAddress === remoteAddress;
}
