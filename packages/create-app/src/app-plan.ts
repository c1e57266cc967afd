// The content of the new project: every answer in one object, checked before any access to the disk. Flags and prompts both
// end here, so both accept the same values.
import { basename, resolve } from 'node:path';
import { problemWithFolder, problemWithPackageName, UsageError } from '@millrace/scaffold';

/** A project to be written. */
export interface AppPlan {
  /** The folder to write into; made when missing. */
  readonly folder: string;
  /** The name in the manifest, with or without a scope. The name without its scope names the application. */
  readonly packageName: string;
  /** The port that takes records. The next port tells the health of the pipeline. */
  readonly port: number;
}

/** The optional values of a caller. */
export type AppAnswers = Partial<AppPlan> & Pick<AppPlan, 'folder'>;

const PORT = 8080;
/** The next port tells the health of the pipeline. */
const PORT_MAX = 65_534;
/** Names of services and volumes are made of the name. */
const APPLICATION_NAME_MAX = 60;

/** The answers that follow from other answers, for values missing from the caller's input. */
export function withAppDefaults({ folder, packageName, port = PORT }: AppAnswers): AppPlan {
  return { folder, packageName: packageName ?? packageNameOf(folder), port };
}

/** The name of the application: `@acme/sensors` → `sensors`. */
export function applicationName({ packageName }: Pick<AppPlan, 'packageName'>): string {
  return packageName.slice(packageName.indexOf('/') + 1);
}

/** @throws UsageError when an answer is invalid. */
export function checkAppPlan({ folder, packageName, port }: AppPlan): void {
  const problem =
    problemWithAppFolder(folder) ?? problemWithAppName(packageName) ?? problemWithPort(`${port}`);
  if (problem !== undefined) throw new UsageError(problem);
}

/** The mistake in a folder's name; undefined for a valid name. */
export function problemWithAppFolder(folder: string): string | undefined {
  return problemWithFolder(folder, './my-pipeline');
}

/** The mistake in a package name; undefined for a valid name. */
export function problemWithAppName(packageName: string): string | undefined {
  const problem = problemWithPackageName(packageName, 'my-pipeline');
  if (problem !== undefined) return problem;
  const name = applicationName({ packageName });
  // The name of a service, of a volume and of a user's directory, which all permit these characters.
  const isGood = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) && name.length <= APPLICATION_NAME_MAX;
  return isGood
    ? undefined
    : `expected a name of letters, digits and single hyphens, at most ${APPLICATION_NAME_MAX}, such as my-pipeline, got ${JSON.stringify(name)}`;
}

/** The mistake in a port; undefined for a valid port. */
export function problemWithPort(port: string): string | undefined {
  const isGood = /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= PORT_MAX;
  return isGood ? undefined : `expected a port from 1 to ${PORT_MAX}, got ${JSON.stringify(port)}`;
}

/** `./My Pipeline` → `my-pipeline`. */
function packageNameOf(folder: string): string {
  return basename(resolve(folder))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
