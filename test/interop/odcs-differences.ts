// Where our verdict on a contract means to differ from the official JSON Schema. "The standard is not the JSON Schema but
// the textual document" (schema/README.md of the standard): each difference has its reason in that text.
import type { z } from 'zod';
import type { Json } from './odcs.ts';

type Issue = z.core.$ZodIssue;

/** One deliberate difference. */
export interface Difference {
  readonly name: string;
  readonly reason: string;
  /** A contract that shows it: one side takes it, the other does not. */
  readonly example: Json;
  /** Where ours is stricter: whether this is the issue; it accounts for a verdict where all issues are such. */
  readonly refuses?: (issue: Issue) => boolean;
  /** Where the official schema is stricter: the schema without it, as text; what that accepts, ours may accept. */
  readonly amend?: (schema: string) => string;
}

const head = { apiVersion: 'v3.1.0', kind: 'DataContract', id: 'a', version: '1.0.0', status: 'active' };
const withColumn = (column: object): Json => ({
  ...head,
  schema: [{ name: 't', properties: [{ name: 'a', ...column }] }],
});
const withRule = (rule: object): Json => withColumn({ quality: [rule] });

const says = (words: string) => (issue: Issue) => issue.message.includes(words);

export const differences: readonly Difference[] = [
  {
    name: 'a range begins with its smaller number',
    reason:
      'mustBeBetween and mustNotBeBetween: "Smallest number first in the array"; the schema cannot say so',
    example: withRule({ metric: 'nullValues', mustBeBetween: [2, 1] }),
    refuses: says('its first number is not the smaller one'),
  },
  {
    name: 'a pattern is a regular expression',
    reason: 'pattern: "Follows regular expression syntax from ECMA-262"; the schema takes any text',
    example: withColumn({ logicalType: 'string', logicalTypeOptions: { pattern: '[a-' } }),
    refuses: says('this is not a regular expression'),
  },
  {
    name: 'rules of the engine mainline are checked',
    reason: 'custom: what stands in implementation is for the engine to say, and this engine is ours',
    example: withRule({ type: 'custom', engine: 'mainline', implementation: { metric: 'psy' } }),
    refuses: issue => issue.path.includes('implementation'),
  },
  {
    name: 'contracts of version 2 are not read',
    reason: 'its keys are others: the schema lists its numbers, and refuses the keys it had',
    example: { ...head, apiVersion: 'v2.2.2' },
    refuses: issue => issue.path.join('.') === 'apiVersion',
  },
  {
    name: 'an address may have placeholders',
    reason:
      'location: the examples of the standard ("s3://.../{model}/*.json") are no URIs, and format is a note in this dialect',
    example: { ...head, servers: [{ server: 'a', type: 's3', location: 's3://b/{model}/*.json' }] },
    amend: schema => schema.replace(/"format": "uri"/gu, '"format": "any-text"'),
  },
  {
    name: 'a column of 3.2 needs no logicalType',
    reason:
      'logicalType: "Required: No"; the condition on its value holds in the schema when it is left out, and asks for map',
    example: { ...(withColumn({}) as object), apiVersion: 'v3.2.0' },
    amend: schema =>
      schema.replace(
        /(\{\s*"properties": \{\s*"logicalType": \{\s*"const": "map"\s*\}\s*\})/u,
        '$1, "required": ["logicalType"]',
      ),
  },
];
