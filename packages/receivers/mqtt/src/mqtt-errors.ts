// The codes of this package. A lost broker is not a failure of the engine: the receiver is restarted with growing delays. A
// setting that no restart can fix stops the engine.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/receiver-mqtt with its meaning. */
export const MQTT_ERROR_CODES = {
  MR_MQTT_UNREACHABLE: {
    disposition: 'back-off',
    meaning:
      'the broker did not answer, is busy or shuts down, or the connection broke; the receiver tries again with growing delays, and the broker sends unacknowledged messages again',
  },
  MR_MQTT_DENIED: {
    disposition: 'back-off',
    meaning:
      'the broker refused the credentials, or the user lacks a permission on a topic; check username, password and access control lists',
  },
  MR_MQTT_TLS_UNUSABLE: {
    disposition: 'back-off',
    meaning:
      'the files named by the option tls cannot be read or do not match; the message contains the reason',
  },
  MR_MQTT_VERSION_REFUSED: {
    disposition: 'stop-engine',
    meaning: 'the broker does not speak this version of the protocol; set protocolVersion to 3.1.1 or to 5',
  },
  MR_MQTT_TOPIC_REFUSED: {
    disposition: 'stop-engine',
    meaning:
      'the broker does not permit this topic filter to anyone, for instance because the broker knows no wildcards or no shared subscriptions; correct topics',
  },
  MR_MQTT_QOS_REFUSED: {
    disposition: 'stop-engine',
    meaning:
      'the broker grants quality of service 0 only, so that messages would be lost; use mqttAtMostOnce, or permit quality of service 1 at the broker',
  },
  MR_MQTT_SESSION_TAKEN: {
    disposition: 'back-off',
    meaning:
      'another client has connected with the same clientId, and the broker closed this connection; every receiver needs a clientId of its own',
  },
  MR_MQTT_MALFORMED: {
    disposition: 'skip-record',
    meaning:
      'a message is not in the form of the option value; the message was left out, or the receiver stopped, according to onMalformed',
  },
  MR_MQTT_DROPPED: {
    disposition: 'skip-record',
    meaning:
      'messages of quality of service 0 arrived faster than the engine stores, and were dropped; raise maxBytesHeld, or use mqttTopics, whose broker waits',
  },
  MR_MQTT_FAILED: {
    disposition: 'back-off',
    meaning: 'the broker ended the connection for another reason, which is in the message',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type MqttErrorCode = keyof typeof MQTT_ERROR_CODES;

/** Makes an error of this package's table. */
export const mqttError = errorFactory(MQTT_ERROR_CODES);
