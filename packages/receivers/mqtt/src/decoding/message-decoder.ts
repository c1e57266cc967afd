// The record of a message: its value, or its value with topic and properties.
import { MalformedValue, valueDecoder } from '@millrace/core/engine';
import type { DecodingOptions } from '@millrace/core/engine';
import type { IPublishPacket } from 'mqtt';

/** A record with `record: 'full'`. */
export interface MqttMessage<V = unknown> {
  readonly topic: string;
  /** In the form of the option `value`. */
  readonly value: V;
  /** True for a message that the broker kept for the topic, and sent because the subscription was new. */
  readonly isRetained: boolean;
  /** True when the broker has sent the message before. */
  readonly isRepeated: boolean;
  /** Name and value, in the order of the sender; a name may repeat. Empty in version 3.1.1. */
  readonly userProperties: readonly (readonly [name: string, value: string])[];
  /** The kind of content, such as `application/json`; null when the sender told none. */
  readonly contentType: string | null;
  /** The topic for an answer; null when the sender told none. */
  readonly responseTopic: string | null;
  /** The sender's mark for an answer; null when the sender told none. */
  readonly correlationData: Uint8Array | null;
}

/** A message to a record, or to a `MalformedValue`. */
export type DecodeMqttMessage = (message: IPublishPacket) => unknown;

/** Makes the decoder of messages. */
export function messageDecoder({ value: form, record }: DecodingOptions): DecodeMqttMessage {
  const decode = valueDecoder(form);
  if (record === 'value') return ({ payload }) => decode(bytesOf(payload));
  return (message) => {
    const value = decode(bytesOf(message.payload));
    return value instanceof MalformedValue ? value : fullRecord(message, value);
  };
}

/** The bytes of a message, for bounds of memory. */
export function sizeOf({ payload, topic }: IPublishPacket): number {
  return payload.length + topic.length;
}

function fullRecord({ topic, retain, dup, properties = {} }: IPublishPacket, value: unknown): MqttMessage {
  const { userProperties = {}, contentType = null, responseTopic = null, correlationData } = properties;
  return {
    topic,
    value,
    isRetained: retain,
    isRepeated: dup,
    userProperties: Object.entries(userProperties).flatMap(([name, values]) =>
      [values].flat().map((one) => [name, one] as const),
    ),
    contentType,
    responseTopic,
    correlationData: correlationData === undefined ? null : new Uint8Array(correlationData),
  };
}

/** The library gives bytes to receivers; its type also has the texts that senders may give. */
function bytesOf(payload: IPublishPacket['payload']): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}
