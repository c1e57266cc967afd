// Another executor over a connection that carries whole messages in both directions.
import { RpcChannel } from './rpc-channel.ts';
import type { Peer, PeerService, Transport } from './transport.ts';

/** The other executor at the far end of a connection. */
export function channelPeer(end: Transport, service: PeerService): Peer {
  return new RpcChannel({ end, ...service });
}
