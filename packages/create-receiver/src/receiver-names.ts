// The names of a receiver. The name is in kebab case, as `defineReceiver` requires; identifiers, types and file names
// are derived from the name, so a name has to give a valid identifier in each form.
import { problemWithPackageName } from '@millrace/scaffold';

/** `sample-feed` → `sampleFeed`. */
export function camelCase(name: string): string {
  return name.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `sample-feed` → `SampleFeed`. */
export function pascalCase(name: string): string {
  return name.charAt(0).toUpperCase() + camelCase(name).slice(1);
}

/** Words of the language, and names used by the templates themselves. */
const TAKEN = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private protected ' +
    'public return static super switch this throw true try typeof undefined var void while with yield ' +
    'context create defineReceiver fromAsyncIterable given index once open options parse parseLine process promise ' +
    'rdd readSource reading record resolve seen server ssc url z describe it console ' +
    'acknowledgingReceiver createTarget host message messageOf messages name openSource own port records'
  ).split(' '),
);

/** File names are made of the name, and file systems permit 255 bytes. */
const RECEIVER_NAME_MAX = 100;

/** The mistake in a name for a receiver; undefined for a valid name. */
export function problemWithReceiverName(name: string): string | undefined {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    return `expected the receiver's name in kebab case, such as sensor-readings, got ${JSON.stringify(name)}`;
  }
  if (name.length > RECEIVER_NAME_MAX) {
    return `expected a receiver's name of at most ${RECEIVER_NAME_MAX} characters, got ${name.length}`;
  }
  if (TAKEN.has(camelCase(name)))
    return `${JSON.stringify(name)} has another meaning in the code; choose a longer name`;
  return undefined;
}

/** The mistake in a package name; undefined for a valid name. */
export function problemWithName(name: string): string | undefined {
  return problemWithPackageName(name, '@acme/receiver-sensors');
}
