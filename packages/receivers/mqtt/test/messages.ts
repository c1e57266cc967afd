// Messages as the client library gives them to a receiver.
import type { IPublishPacket } from 'mqtt';

/** A message with some fields. */
export function message(fields: Partial<IPublishPacket> = {}): IPublishPacket {
  return {
    cmd: 'publish',
    topic: 't',
    payload: Buffer.from('1'),
    qos: 1,
    dup: false,
    retain: false,
    ...fields,
  };
}
