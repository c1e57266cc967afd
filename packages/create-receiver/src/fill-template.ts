// A template is a package that works as it is. Its names are ones that occur nowhere else, so filling it in is replacing
// them, all in one pass: what was put in is not looked at again.
import { camelCase, pascalCase } from './receiver-names.ts';
import type { ReceiverPlan } from './receiver-plan.ts';
import { templateFor } from './template.ts';

const MANIFEST = 'package.json';
/** npm, and tools that look at packages, take files of these names for their own; the template has other names. */
const RENAMED: Readonly<Record<string, string>> = {
  _gitignore: '.gitignore',
  '_package.json': MANIFEST,
  '_tsconfig.json': 'tsconfig.json',
};

/** The path of a file of the template in the new package. */
export function fillPath(path: string, plan: ReceiverPlan): string {
  return (RENAMED[path] ?? path).replaceAll(templateFor(plan).receiverName, plan.receiverName);
}

/** The text of a file of the template, whose path in the new package is given, in the new package. */
export function fillFile(path: string, text: string, plan: ReceiverPlan): string {
  return path === MANIFEST ? fillManifest(text, plan) : fillText(text, plan);
}

/** A text of the template with its names filled in. */
export function fillText(text: string, plan: ReceiverPlan): string {
  const { packageName, receiverName, description } = plan;
  const sample = templateFor(plan).receiverName;
  const names = new Map([
    [`receiver-${sample}`, packageName],
    ['A receiver for Millrace', description],
    [sample, receiverName],
    [camelCase(sample), camelCase(receiverName)],
    [pascalCase(sample), pascalCase(receiverName)],
  ]);
  // The longest first, since it holds a shorter one.
  return text.replaceAll(new RegExp([...names.keys()].join('|'), 'g'), (name) => names.get(name) ?? name);
}

function fillManifest(text: string, { packageName, description, license }: ReceiverPlan): string {
  const manifest = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return `${JSON.stringify({ ...manifest, name: packageName, description, license }, undefined, 2)}\n`;
}
