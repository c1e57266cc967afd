// Common checks of plugin and receiver definitions. A failed check is a mistake of the author, visible on the first
// import of the package: a TypeError, without a code.
import type { OptionsSchema } from '../contracts/options-schema.ts';

/** Throws a TypeError `<owner>: <expectation>, got <value>` when `holds` is false. */
export function expectThat(holds: boolean, owner: string, expectation: string, got: unknown): void {
  if (holds) return;
  throw new TypeError(`${owner}: ${expectation}, got ${typeof got === 'string' ? `"${got}"` : String(got)}`);
}

/** Requires a whole number from 1 as the contract version; support for the version is checked elsewhere. */
export function expectContract(owner: string, contract: unknown): void {
  expectThat(
    Number.isInteger(contract) && (contract as number) >= 1,
    owner,
    'contract has to be a whole number from 1, the implemented contract version',
    contract,
  );
}

/** Requires a schema of version 1 of Standard Schema. */
export function expectSchema(owner: string, field: string, schema: OptionsSchema): void {
  const standard: Partial<OptionsSchema['~standard']> | undefined = schema?.['~standard'];
  expectThat(
    standard?.version === 1 && typeof standard.validate === 'function',
    owner,
    `${field} has to be a Standard Schema of version 1 (zod, valibot, arktype, …)`,
    typeof schema,
  );
}

/** Requires a function. */
export function expectFunction(owner: string, field: string, value: unknown): void {
  expectThat(typeof value === 'function', owner, `${field} has to be a function`, typeof value);
}
