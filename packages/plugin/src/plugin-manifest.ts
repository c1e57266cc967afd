// The fields of a package.json that checks read. No field is trusted: a field of a wrong type counts as absent, and the
// check that needs the field reports the absence.

/** Names to ranges, or to commands. */
export type TextMap = Readonly<Record<string, string>>;

/** A manifest. */
export interface PluginManifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly keywords: readonly string[];
  readonly isModule: boolean;
  readonly isPrivate: boolean;
  readonly nodeRange: string;
  readonly scripts: TextMap;
  readonly dependencies: TextMap;
  readonly peerDependencies: TextMap;
  readonly optionalDependencies: TextMap;
}

/** @throws Error when the text is not a JSON object. */
export function readManifest(text: string): PluginManifest {
  const fields = fieldsOf(text);
  return {
    name: textOf(fields['name']),
    version: textOf(fields['version']),
    description: textOf(fields['description']),
    license: textOf(fields['license']),
    keywords: Array.isArray(fields['keywords']) ? fields['keywords'].map(textOf) : [],
    isModule: fields['type'] === 'module',
    isPrivate: fields['private'] === true,
    nodeRange: textOf(objectOf(fields['engines'])['node']),
    scripts: textsOf(fields['scripts']),
    dependencies: textsOf(fields['dependencies']),
    peerDependencies: textsOf(fields['peerDependencies']),
    optionalDependencies: textsOf(fields['optionalDependencies']),
  };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`expected package.json to be JSON: ${(cause as SyntaxError).message}`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('expected package.json to hold an object');
  return { ...value };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textsOf(value: unknown): TextMap {
  return Object.fromEntries(Object.entries(objectOf(value)).map(([name, text]) => [name, textOf(text)]));
}
