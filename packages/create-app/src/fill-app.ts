// A template is a project that works unchanged. Its name and its port occur nowhere else, so filling in the template means
// replacing both.
import { RENAMED_FILES } from '@millrace/scaffold';
import { type AppPlan, applicationName } from './app-plan.ts';

const NAME = 'sample-pipeline';
const PORT = '8080';
const MANIFEST = '_package.json';

/** The path of a file of the template in the new project. */
export function fillAppPath(path: string, plan: AppPlan): string {
  return (RENAMED_FILES[path] ?? path).replaceAll(NAME, applicationName(plan));
}

/** The text of a file of the template in the new project. */
export function fillAppText(path: string, text: string, plan: AppPlan): string {
  const name = path === MANIFEST ? plan.packageName : applicationName(plan);
  return text.replaceAll(NAME, name).replaceAll(PORT, `${plan.port}`);
}
