// The subjects between drivers and hosts. Requests have subjects of their own: a user of hosts may publish below `host`, and
// then cannot give orders to other hosts.
import { clusterError } from '../cluster-errors.ts';
import { APP_EXPECTED, isAppName } from '../servers/app-names.ts';

/** The name of an application as a token of subjects. @throws `MR_CLUSTER_APP_NAME`. */
export function checkedApp(application: string): string {
  if (isAppName(application)) return application;
  const message = `expected an appName that is ${APP_EXPECTED}, got ${JSON.stringify(application)}`;
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
