// The options: one schema is the source of the types and the defaults.
import { z } from 'zod';

/** The largest window; `maxInFlight` of the capabilities, and of MQTT. */
export const MAX_IN_FLIGHT = 65_535;

/** Describes the options of `mqttTopic`. */
export const mqttTopicOptions = z.strictObject({
  /** Address of the broker, `mqtt` or `mqtts`. */
  url: z.url(),
  /** The topics, with `+` and `#` for many. */
  topic: z.string().min(1),
  /** The name of the session, the same in every life. The broker keeps unacknowledged messages under this name. */
  clientId: z.string().min(1).max(64),
  /** The password. Secret. Default: no password. */
  password: z.string().min(1).optional(),
  /** The most unacknowledged messages in flight. */
  window: z.int().min(1).max(MAX_IN_FLIGHT).default(1_000),
});

/** The options with every default filled in. */
export type MqttTopicOptions = z.output<typeof mqttTopicOptions>;
