// The parts of a package.json that checks look at. Nothing is believed: a field of a wrong type counts as absent, and
// the check that wanted it says so.

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

/** @throws SyntaxError when the text is no JSON. */
export function readManifest(text: string): PluginManifest {
  const fields = objectOf(JSON.parse(text));
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

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textsOf(value: unknown): TextMap {
  return Object.fromEntries(Object.entries(objectOf(value)).map(([name, text]) => [name, textOf(text)]));
}
