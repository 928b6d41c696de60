// The small pieces that every section of the Open Data Contract Standard (ODCS) repeats. Names and optionality are the
// standard's.
import { z } from 'zod';
import { closedSince31, keysIf, neededIf, openSince, perEdition } from '#lib/contracts/odcs-edition.ts';

/** Any JSON value; written out because a missing key must be an error. */
export const anyValueSchema = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.unknown()),
  z.record(z.string(), z.unknown()),
]);

/** A value that is neither a list nor a map. */
export const plainValueSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const stableIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/, 'only letters, digits, "_" and "-" make an id')
  .describe('A stable name for this element, unique among its siblings; references point at it');

export const tagsSchema = z.array(z.string()).describe('Words to find this element by');

export const authoritativeDefinitions = perEdition(edition =>
  z
    .array(
      closedSince31(edition, {
        ...keysIf(edition > 0, { id: stableIdSchema.optional(), description: z.string().optional() }),
        url: z.string(),
        type: z.string().describe('What the link is, for example businessDefinition or privacy-statement'),
      }),
    )
    .describe('Links to where this is defined in full'),
);

export const customProperties = perEdition(edition =>
  z
    .array(
      closedSince31(edition, {
        ...keysIf(edition > 0, { id: stableIdSchema.optional(), description: z.string().optional() }),
        property: neededIf(edition > 0, z.string()),
        value: neededIf(edition > 0, anyValueSchema),
        vendor: openSince(2, edition, z.string().describe('The tool that the property is for')),
      }),
    )
    .describe('What the standard has no key for, as property and value'),
);

/** What a table or the whole contract tells programs that answer questions with it; a text, or in parts. */
export const context = perEdition(edition => {
  const shared = {
    id: z.string().optional(),
    authoritativeDefinitions: authoritativeDefinitions(edition).optional(),
    tags: tagsSchema.optional(),
    customProperties: customProperties(edition).optional(),
  };
  return z.union([
    z.string(),
    z.strictObject({
      instructions: z.string().optional(),
      verifiedStatements: z
        .array(z.strictObject({ ...shared, question: z.string(), answer: z.string().optional() }))
        .optional(),
      constraints: z.array(z.strictObject({ ...shared, constraint: z.string() })).optional(),
    }),
  ]);
});

/** JSON Schema for editors: what meets the condition must meet the consequence too. */
export function implies(condition: object, consequence: object): Readonly<Record<string, object>> {
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  return { if: condition, then: consequence };
}
