// Headers and messages of the client library, as plain data.
import { headers as newHeaders, type Msg, type MsgHdrs } from '@nats-io/transport-node';
import type { NatsHeaders, LinkMessage } from './nats-link.ts';

/** Headers for the client. */
export function clientHeaders(headers: NatsHeaders): MsgHdrs {
  const result = newHeaders();
  for (const [name, value] of Object.entries(headers)) result.set(name, value);
  return result;
}

/** A message of the client, as plain data. */
export function messageOf({ subject, data, reply, headers }: Msg): LinkMessage {
  const status = headers?.code ?? 0;
  const names = headers?.keys() ?? [];
  return {
    subject,
    data,
    ...(reply === undefined || reply === '' ? {} : { reply }),
    ...(headers === undefined || names.length === 0
      ? {}
      : { headers: Object.fromEntries(names.map((name) => [name, headers.get(name)])) }),
    ...(status === 0 ? {} : { status }),
  };
}
