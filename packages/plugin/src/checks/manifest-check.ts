// What the manifest says of the package, so that people and tools find it and know where it runs.
import { validRange } from 'semver';
import type { PluginCheck, Problem } from '../plugin-check.ts';

/** `manifest`: the fields that every plugin has. */
export const MANIFEST_CHECK: PluginCheck = {
  id: 'manifest',
  title: 'the manifest says what the package is and where it runs',
  find: ({ manifest }) => {
    const { description, keywords, isModule, isPrivate, nodeRange } = manifest;
    const problems: Problem[] = [];
    if (isPrivate) problems.push('private is true: npm will not publish it; take it out');
    if (description.trim() === '')
      problems.push('description is missing: say in one line what it reads or writes');
    if (!keywords.includes('millrace-plugin')) {
      problems.push('keywords lack "millrace-plugin": plugins are found by it');
    }
    if (!isModule) problems.push('type is not "module": Millrace packages are ES modules');
    if (nodeRange === '' || validRange(nodeRange) === null) {
      problems.push('engines.node is missing: name the oldest Node it runs on, such as ">=22.12"');
    }
    return problems;
  },
};
