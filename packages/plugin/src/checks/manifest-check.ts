// The manifest's description of the package, with which people and tools find the package and its requirements.
import { valid, validRange } from 'semver';
import type { PluginCheck, Problem } from '../plugin-check.ts';

/** The names that npm accepts for new packages. */
const PACKAGE_NAME = /^(?:@[a-z\d~-][a-z\d._~-]*\/)?[a-z\d~-][a-z\d._~-]*$/;
const NAME_CHARACTERS_MAX = 214;

/** `manifest`: the fields that every plugin has. */
export const MANIFEST_CHECK: PluginCheck = {
  id: 'manifest',
  title: 'the manifest describes the package and its requirements',
  find: ({ manifest }) => {
    const { name, version, description, keywords, isModule, isPrivate, nodeRange } = manifest;
    const problems: Problem[] = [];
    if (!PACKAGE_NAME.test(name) || name.length > NAME_CHARACTERS_MAX)
      problems.push(`expected a name that npm accepts, such as "@acme/receiver-wind", got "${name}"`);
    if (valid(version) === null) problems.push(`expected a version such as "1.2.3", got "${version}"`);
    if (isPrivate) problems.push('private is true: npm will not publish the package; remove the field');
    if (description.trim() === '')
      problems.push('description is missing: describe the source or the target in one line');
    if (!keywords.includes('millrace-plugin')) {
      problems.push('keywords lack "millrace-plugin": plugins are found by it');
    }
    if (!isModule) problems.push('type is not "module": Millrace packages are ES modules');
    if (nodeRange === '' || validRange(nodeRange) === null) {
      problems.push('engines.node is missing: name the oldest supported Node, such as ">=22.12"');
    }
    return problems;
  },
};
