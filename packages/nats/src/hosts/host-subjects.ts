// The subjects between drivers and hosts. Requests have subjects of their own: a user of hosts may publish below `host`, and
// then cannot give orders to other hosts.
import { clusterError } from '../cluster-errors.ts';

const APP = /^[A-Za-z0-9_-]{1,32}$/;

/** The name of an application as a token of subjects. @throws `MR_CLUSTER_APP_NAME`. */
export function checkedApp(application: string): string {
  if (APP.test(application)) return application;
  const message = `expected an appName of 1 to 32 letters, digits, dashes and underscores, got ${JSON.stringify(application)}`;
  throw clusterError('MR_CLUSTER_APP_NAME', message, { details: { application } });
}

/** The beats of a host; `*` for all hosts. */
export function hostBeatSubject(app: string, host: string): string {
  return `ml.${app}.host.${host}.beat`;
}

/** The beats of drivers. */
export function driverBeatSubject(app: string): string {
  return `ml.${app}.driver`;
}

/** Requests to a host. */
export function hostRequestSubject(app: string, host: string): string {
  return `ml.${app}.ask.${host}`;
}
