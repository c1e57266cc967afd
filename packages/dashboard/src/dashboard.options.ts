// The options of the dashboard: one schema is the source of the types, the defaults and the table in the README.
import type { ObserverOptions } from '@millrace/observe';
import { z } from 'zod';
import { isLoopbackName } from './server/host-names.ts';

/** The port of a dashboard by default, as in Spark; a taken port leads to the next free one. */
export const DEFAULT_PORT = 4040;

const hostName = z.string().regex(/^[^\s/:@[\]]{1,253}$/, 'expected a name without a port');
const token = z
  .string()
  .min(16, 'expected at least 16 characters: a shorter token can be guessed')
  .max(512)
  .regex(/^[\w.~+/-]+=*$/, 'expected letters, digits and -._~+/ only');

/** Describes the options of `dashboard`. */
export const dashboardOptions = z
  .strictObject({
    /** Name or address to listen on; `127.0.0.1` is reachable from this machine only. Anything else needs a `token`. */
    host: z
      .string()
      .regex(/^[^\s/@[\]]{1,253}$/, 'expected a name or an address')
      .default('127.0.0.1'),
    /** TCP port; when taken, the next free one of the following 15. 0: any free port. */
    port: z.int().min(0).max(65_535).default(DEFAULT_PORT),
    /**
     * The token that every request needs, of at least 16 characters. Secret. Default: none is needed, which is allowed
     * on loopback only.
     */
    token: token.optional(),
    /** Host names, without a port, under which the dashboard may be opened, besides those of this machine. */
    allowedHosts: z.array(hostName).max(100).default([]),
    /**
     * True: `healthz` and `readyz` answer without the token as well, with the status and no details. For load balancers
     * that send no header.
     */
    openHealth: z.boolean().default(false),
    /** The number of active receivers from which `readyz` answers 200. Default: all that have not ended. */
    minReceivers: z.int().min(0).optional(),
    /** The time, in ms, for which the engine may be behind while `readyz` answers 200. */
    readyBehindMs: z.int().min(0).default(60_000),
    /** The time zone of times in the words of the verdict, for instance `Europe/Berlin`. Default: that of the process. */
    timeZone: z
      .string()
      .refine(isTimeZone, "expected the name of a time zone, for instance 'Europe/Berlin'")
      .optional(),
  })
  .superRefine(({ host, token: given }, issues) => {
    if (given !== undefined || isLoopbackName(host)) return;
    const message = `expected a token of at least 16 characters, because the host ${host} is reachable from other machines`;
    issues.addIssue({ code: 'custom', path: ['token'], message });
  });

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    // Only the answer counts: the message comes from the schema.
    return false;
  }
}

/** The options of an observer among these. */
export function observerOptionsOf({
  minReceivers,
  readyBehindMs,
  timeZone,
}: DashboardOptions): Partial<ObserverOptions> {
  return {
    readyBehindMs,
    ...(minReceivers === undefined ? {} : { minReceivers }),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}

/** Input of `dashboard` and `serveDashboard`. */
export type DashboardInput = z.input<typeof dashboardOptions>;

/** The options with every default filled in. */
export type DashboardOptions = Readonly<z.output<typeof dashboardOptions>>;
