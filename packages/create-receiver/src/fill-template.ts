// A template is a package that works unchanged. Its names occur nowhere else, so filling in a template means replacing
// its names, all in one pass: replaced text is not searched again.
import { RENAMED_FILES } from '@millrace/scaffold';
import { camelCase, pascalCase } from './receiver-names.ts';
import type { ReceiverPlan } from './receiver-plan.ts';
import { templateFor } from './template.ts';

const MANIFEST = 'package.json';
/** The path of a file of the template in the new package. */
export function fillPath(path: string, plan: ReceiverPlan): string {
  return (RENAMED_FILES[path] ?? path).replaceAll(templateFor(plan).receiverName, plan.receiverName);
}

/** The text of a file of the template in the new package; the path in the new package is an argument. */
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
  // The longest first, because it contains a shorter one.
  return text.replaceAll(new RegExp([...names.keys()].join('|'), 'g'), (name) => names.get(name) ?? name);
}

function fillManifest(text: string, { packageName, description, license }: ReceiverPlan): string {
  const manifest = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return `${JSON.stringify({ ...manifest, name: packageName, description, license }, undefined, 2)}\n`;
}
