// What a reader finds in the package: what it is, how to begin, and under which licence. And nothing that was not meant
// to be read.
import type { PluginCheck, Problem } from '../plugin-check.ts';
import type { PluginTarball } from '../plugin-tarball.ts';

/** `licence`: a licence in the manifest, and its text. */
export const LICENSE_CHECK: PluginCheck = {
  id: 'licence',
  title: 'the package has a licence, and its text',
  find: ({ manifest: { license }, files }) => {
    const problems: Problem[] = [];
    if (!/^[A-Za-z0-9.+() -]+$/.test(license) || /^(?:unlicensed|see license in .*)$/i.test(license)) {
      problems.push(
        `expected the SPDX name of a licence in the manifest, such as "Apache-2.0", got "${license}"`,
      );
    }
    if (!files.some((file) => /^licen[cs]e(?:\.(?:md|txt))?$/i.test(file))) {
      problems.push('there is no LICENSE file: add the text of the licence');
    }
    return problems;
  },
};

/** `readme`: a README that tells how to begin. */
export const README_CHECK: PluginCheck = {
  id: 'readme',
  title: 'the README says how to install it and how to begin',
  find: (plugin) => {
    const { name } = plugin.manifest;
    const text = readmeOf(plugin);
    if (text === undefined)
      return ['there is no README.md: write what it does, its options, what it guarantees'];
    const problems: Problem[] = [];
    if (!text.includes(name))
      problems.push(`the README never names ${name}: show how to install and import it`);
    if (!/```(?:ts|typescript|js|javascript)\b/.test(text)) {
      problems.push('the README has no code: show the shortest program that uses it');
    }
    return problems;
  },
};

/** `files`: only what users need. */
export const FILES_CHECK: PluginCheck = {
  id: 'files',
  title: 'nothing is packed that was not meant to be read',
  find: ({ files }) =>
    files
      .filter((file) =>
        /(?:^|\/)(?:\.env(?:\..*)?|\.npmrc|\.git|node_modules|.*\.(?:pem|key|tsbuildinfo))(?:\/|$)/.test(
          file,
        ),
      )
      .map((file) => `${file} is packed: name what to publish in "files", and leave this out`),
};

/** The text of the README, whatever the case of its name. */
export function readmeOf({ files, text }: Pick<PluginTarball, 'files' | 'text'>): string | undefined {
  const file = files.find((name) => /^readme\.md$/i.test(name));
  return file === undefined ? undefined : text(file);
}
