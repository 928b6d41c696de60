// The official JSON Schemas as judges: ajv runs them as they are. A contract of 3.0 is right where the schema of 3.0.2 or
// that of 3.1.0 says so: the latter lists v3.0.2 among its versions, and the standard's examples of v3.0.2 need it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019, type ErrorObject } from 'ajv/dist/2019.js';
import formats from 'ajv-formats';
import type { Json } from './odcs.ts';

const folder = join(import.meta.dirname, '../fixtures/odcs/schema-json');

/** Errors of one schema; none where the contract is right. */
type Judge = (document: Json) => readonly ErrorObject[];

function judgeOf(version: string, amend: (schema: string) => string): Judge {
  const ajv = new Ajv2019({ strict: false, allErrors: false, validateFormats: true });
  formats.default(ajv);
  ajv.addFormat('any-text', true);
  const text = amend(readFileSync(join(folder, `odcs-json-schema-${version}.json`), 'utf8'));
  const validate = ajv.compile(JSON.parse(text) as object);
  return document => (validate(document) ? [] : [...(validate.errors ?? [])]);
}

/** The official verdict on any contract: what its schema, as it is or amended, has against it. */
export function officialJudge(amend: (schema: string) => string = schema => schema): Judge {
  const [v30, v31, v32] = ['v3.0.2', 'v3.1.0', 'v3.2.0'].map(version => judgeOf(version, amend)) as [
    Judge,
    Judge,
    Judge,
  ];
  return document => {
    const version = String((document as { readonly apiVersion?: Json } | null)?.apiVersion);
    if (version === 'v3.2.0') return v32(document);
    const errors = v31(document);
    if (errors.length === 0 || !version.startsWith('v3.0.')) return errors;
    const older = v30(document);
    return older.length === 0 ? [] : errors;
  };
}
