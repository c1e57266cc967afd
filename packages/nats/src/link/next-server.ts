// The server of the next attempt to connect: the one whose last attempt is the longest ago. The client library, left alone, makes its first
// attempt after a break at the server that the link has just left, which costs a silent or cut-off server twice its time.
import type { ReconnectToServerHandler } from '@nats-io/transport-node';

/** Chooses servers for one link, in the order of the link's list at first. */
export function nextServer(): ReconnectToServerHandler {
  const turns = new Map<string, number>();
  let turn = 0;
  const turnOf = ({ listen }: { readonly listen: string }): number => turns.get(listen) ?? 0;
  return (pool) => {
    const [first, ...others] = pool;
    if (first === undefined) return null;
    const next = others.reduce((oldest, one) => (turnOf(one) < turnOf(oldest) ? one : oldest), first);
    turn += 1;
    turns.set(next.listen, turn);
    return next;
  };
}
