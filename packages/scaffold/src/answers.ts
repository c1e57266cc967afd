// Rules of answers that every create command asks for.

/** The mistake in a package name; undefined for a valid name. */
export function problemWithPackageName(name: string, example: string): string | undefined {
  const isGood = name.length <= 214 && /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/.test(name);
  if (isGood && name !== 'node_modules') return undefined;
  return `expected a package name, such as ${example}, got ${JSON.stringify(name)}`;
}

/** The mistake in a folder's name; undefined for a valid name. The content of the folder is checked elsewhere. */
export function problemWithFolder(folder: string, example: string): string | undefined {
  return folder.trim() === '' ? `expected the folder to write into, such as ${example}` : undefined;
}

/** The mistake in a description; undefined for a text of one line. */
export function problemWithText(text: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- control characters are the subject
  const isGood = text.trim() !== '' && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text);
  return isGood ? undefined : 'expected a description of one line';
}
