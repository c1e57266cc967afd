// The settings of the program, from environment variables. `.env.example` lists all of them.
import { z } from 'zod';

const seconds = z.coerce
  .number()
  .min(0)
  .max(86_400)
  .transform((count) => Math.round(count * 1_000));

const variables = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).default(8081),
  DATA_DIR: z.string().min(1).default('./data'),
  WINDOW_SECONDS: seconds.refine((ms) => ms >= 1, 'expected more than 0').default(10_000),
  OUT_OF_ORDER_SECONDS: seconds.default(5_000),
  LATENESS_SECONDS: seconds.default(60_000),
  STOP_SECONDS: seconds.default(30_000),
  BEARER_TOKEN: z.string().min(16).optional(),
  DASHBOARD_PORT: z.coerce.number().int().min(0).max(65_535).default(4040),
  DASHBOARD_TOKEN: z.string().min(16).optional(),
});

/** The settings of the program; lengths of time in milliseconds. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  /** The port of `/healthz`. */
  readonly healthPort: number;
  /** Log, checkpoints and results. */
  readonly dataDirectory: string;
  readonly windowMs: number;
  /** The longest time by which an expected reading may be older than the newest reading. */
  readonly outOfOrdernessMs: number;
  /** The time for which a complete window still accepts readings. */
  readonly allowedLatenessMs: number;
  /** The longest graceful stop. */
  readonly stopDeadlineMs: number;
  /** The token that clients have to send; undefined: anybody may send. */
  readonly bearerToken: string | undefined;
  readonly dashboardPort: number;
  /** The token of the dashboard; undefined: the dashboard is reachable from this machine only. */
  readonly dashboardToken: string | undefined;
}

/** Reads the settings. @throws Error with a line for each wrong variable. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  // An empty variable, such as `BEARER_TOKEN=` in a file, counts as unset.
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const { success, data, error } = variables.safeParse(set);
  if (!success) throw new Error(`wrong settings\n${z.prettifyError(error)}`);
  return {
    host: data.HOST,
    port: data.PORT,
    healthPort: data.HEALTH_PORT,
    dataDirectory: data.DATA_DIR,
    windowMs: data.WINDOW_SECONDS,
    outOfOrdernessMs: data.OUT_OF_ORDER_SECONDS,
    allowedLatenessMs: data.LATENESS_SECONDS,
    stopDeadlineMs: data.STOP_SECONDS,
    bearerToken: data.BEARER_TOKEN,
    dashboardPort: data.DASHBOARD_PORT,
    dashboardToken: data.DASHBOARD_TOKEN,
  };
}
