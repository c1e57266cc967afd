// A template is a project that works unchanged. Its name and its three ports occur nowhere else, so filling in the template
// means replacing the four, all in one pass: replaced text is not searched again.
import { RENAMED_FILES } from '@millrace/scaffold';
import { type AppPlan, applicationName } from './app-plan.ts';

const NAME = 'sample-pipeline';
const PORT = '8080';
const HEALTH_PORT = '8081';
const DASHBOARD_PORT = 4_040;
const MANIFEST = '_package.json';

/** The path of a file of the template in the new project. */
export function fillAppPath(path: string, plan: AppPlan): string {
  return (RENAMED_FILES[path] ?? path).replaceAll(NAME, applicationName(plan));
}

/** The text of a file of the template in the new project. */
export function fillAppText(path: string, text: string, plan: AppPlan): string {
  const values = new Map([
    [NAME, path === MANIFEST ? plan.packageName : applicationName(plan)],
    [PORT, `${plan.port}`],
    [HEALTH_PORT, `${plan.port + 1}`],
    [`${DASHBOARD_PORT}`, `${dashboardPort(plan)}`],
  ]);
  return text.replaceAll(new RegExp([...values.keys()].join('|'), 'g'), (name) => values.get(name) ?? name);
}

/** The dashboard opens before the receivers, and must not take a port of theirs. */
function dashboardPort({ port }: AppPlan): number {
  return port === DASHBOARD_PORT || port + 1 === DASHBOARD_PORT ? DASHBOARD_PORT + 2 : DASHBOARD_PORT;
}
