// The address of a dashboard, from the command line or the environment. The token may stand in the address, as the
// dashboard's own log shows an address for browsers; the token is taken out and never printed.
import type { CommandSurroundings } from '../command-surroundings.ts';
import { DashboardFailure } from './dashboard-failure.ts';

/** The address without an option and a variable: the default of the plugin `dashboard`. */
export const DEFAULT_URL = 'http://127.0.0.1:4040';

/** The options of every command that asks a dashboard. */
export interface AddressOptions {
  /** Default: `MILLRACE_URL`, else `DEFAULT_URL`. */
  readonly url: string | undefined;
  /** Default: the token in the address, else `MILLRACE_TOKEN`. */
  readonly token: string | undefined;
}

/** An address that requests are made from. */
export interface DashboardAddress {
  /** Ends with `/`; without user, token and fragment. */
  readonly base: URL;
  readonly token: string | undefined;
}

/** The address. @throws `DashboardFailure` for a text that is no address. */
export function dashboardAddress(
  { url, token }: AddressOptions,
  { MILLRACE_URL: fromEnvironment, MILLRACE_TOKEN: tokenFromEnvironment }: CommandSurroundings['environment'],
): DashboardAddress {
  const given = textOf(url) ?? textOf(fromEnvironment) ?? DEFAULT_URL;
  // `localhost:4040` is an address for people, and a scheme `localhost:` for the parser.
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(given) ? given : `http://${given}`;
  if (!URL.canParse(text)) throw notAnAddress();
  const base = new URL(text);
  if (!/^https?:$/.test(base.protocol) || base.username !== '' || base.password !== '') throw notAnAddress();
  const inAddress = base.searchParams.get('token');
  base.search = '';
  base.hash = '';
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return { base, token: textOf(token) ?? textOf(inAddress ?? undefined) ?? textOf(tokenFromEnvironment) };
}

/** The text is not repeated: an address may contain a token or a password. */
function notAnAddress(): DashboardFailure {
  return new DashboardFailure(
    `expected the address of a dashboard as ${DEFAULT_URL}, without user and password; a token comes from --token or MILLRACE_TOKEN`,
  );
}

/** An empty variable is none. */
function textOf(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}
