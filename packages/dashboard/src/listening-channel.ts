// The announcement of a dashboard's address: when the wanted port is taken or 0, only the dashboard knows its port. The
// address is published for programs and logged for people.
import { channel } from 'node:diagnostics_channel';

/** The name of the channel: `diagnostics_channel.subscribe(LISTENING_CHANNEL, (message) => …)`. */
export const LISTENING_CHANNEL = 'millrace:dashboard:listening';

/** The message published when a dashboard has begun to listen. */
export interface DashboardListening {
  /** The application of the observed engine; empty when not known yet. */
  readonly application: string;
  /** The URL of the page, for instance `http://127.0.0.1:4040/`; never with the token. */
  readonly url: string;
  readonly address: string;
  readonly port: number;
  /** True when a request needs the token. */
  readonly needsToken: boolean;
}

/** Publishes to all subscribers. */
export function publishListening(message: DashboardListening): void {
  channel(LISTENING_CHANNEL).publish(message);
}
