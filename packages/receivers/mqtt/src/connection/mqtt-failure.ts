// Errors of the client library in the codes of this package, by the reason codes of MQTT. The library repeats no content of
// messages; secrets of the options are taken out all the same.
// https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html#_Toc3901031
import { isMillraceError, type MillraceError } from '@millrace/core';
import { failureText, propertyOf } from '@millrace/core/engine';
import { mqttError, type MqttErrorCode } from '../mqtt-errors.ts';
import { addressOf, type MqttConnectionOptions, placeOf } from './connection-options.ts';

/** Codes below 128 are those of CONNACK in version 3.1.1. */
const BY_REASON: Readonly<Record<number, MqttErrorCode>> = {
  1: 'MR_MQTT_VERSION_REFUSED',
  3: 'MR_MQTT_UNREACHABLE', // server unavailable
  4: 'MR_MQTT_DENIED', // bad user name or password
  5: 'MR_MQTT_DENIED', // not authorized
  132: 'MR_MQTT_VERSION_REFUSED',
  134: 'MR_MQTT_DENIED', // bad user name or password
  135: 'MR_MQTT_DENIED', // not authorized
  136: 'MR_MQTT_UNREACHABLE', // server unavailable
  137: 'MR_MQTT_UNREACHABLE', // server busy
  138: 'MR_MQTT_DENIED', // banned
  139: 'MR_MQTT_UNREACHABLE', // server shutting down
  140: 'MR_MQTT_DENIED', // bad authentication method
  141: 'MR_MQTT_UNREACHABLE', // keep alive timeout
  142: 'MR_MQTT_SESSION_TAKEN',
  143: 'MR_MQTT_TOPIC_REFUSED', // topic filter invalid
  158: 'MR_MQTT_TOPIC_REFUSED', // shared subscriptions not supported
  161: 'MR_MQTT_TOPIC_REFUSED', // subscription identifiers not supported
  162: 'MR_MQTT_TOPIC_REFUSED', // wildcard subscriptions not supported
};
/** The only refusal of a subscription in version 3.1.1; brokers use the code for missing permissions. */
const UNSPECIFIED = 128;

/** The action that failed, and the options whose secrets must not appear. */
export interface FailedMqttAction {
  /** For the message, for instance `connect`. */
  readonly what: string;
  readonly options: MqttConnectionOptions;
  readonly isSubscribing?: boolean;
}

/** The broker has told the end of the connection, in version 5. */
export class BrokerDisconnect extends Error {
  readonly code: number;

  constructor(reasonCode: number, text: string) {
    super(`the broker ended the connection: ${text} (reason ${reasonCode})`);
    this.code = reasonCode;
  }
}

/** The error of this package for any error; an error that has a code already stays unchanged. */
export function mqttFailure(
  error: unknown,
  { what, options, isSubscribing }: FailedMqttAction,
): MillraceError {
  if (isMillraceError(error)) return error;
  const { password } = addressOf(options);
  const text = failureText(error, [password, options.password, options.url, options.tls?.passphrase]);
  const reason = propertyOf(error, 'code');
  const message = `could not ${what} at ${placeOf(options)}: ${text}`;
  if (typeof reason !== 'number') return mqttError('MR_MQTT_UNREACHABLE', message);
  const isDenied = isSubscribing === true && reason === UNSPECIFIED;
  const code = isDenied ? 'MR_MQTT_DENIED' : (BY_REASON[reason] ?? 'MR_MQTT_FAILED');
  return mqttError(code, message, { details: { reasonCode: reason } });
}
