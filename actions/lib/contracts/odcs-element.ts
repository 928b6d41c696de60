// What tables and columns have in common, and the lists that hang on them: relationships, synonyms, allowed values.
import { z } from 'zod';
import {
  authoritativeDefinitions,
  customProperties,
  plainValueSchema,
  stableIdSchema,
  tagsSchema,
} from '#lib/contracts/odcs-definitions.ts';
import { type Edition, keysIf, perEdition, since } from '#lib/contracts/odcs-edition.ts';
import { references } from '#lib/contracts/odcs-references.ts';
import { canonicalJson } from '#lib/documents/canonical.ts';

function relationshipShape(edition: Edition) {
  return {
    id: since(2, edition, z.string()),
    type: z.literal('foreignKey').optional(),
    to: references(edition),
    customProperties: customProperties(edition).optional(),
  };
}

/** Of a column, which is where it begins. */
export const columnRelationship = perEdition(edition => z.strictObject(relationshipShape(edition)));

/** Of a table: it says where it begins. */
export const tableRelationship = perEdition(edition =>
  z
    .strictObject({ ...relationshipShape(edition), from: references(edition) })
    .refine(
      ({ from, to }) => Array.isArray(from) === Array.isArray(to),
      '"from" and "to" are both one column or both a list',
    )
    .meta({ oneOf: [{ properties: bothOf('string') }, { properties: bothOf('array') }] }),
);

function bothOf(type: string): Readonly<Record<string, object>> {
  return { from: { type }, to: { type } };
}

const synonyms = perEdition(edition =>
  z
    .array(
      z.strictObject({
        id: stableIdSchema.optional(),
        synonym: z.string(),
        description: z.string().optional(),
        locale: z.string().optional(),
        source: z.string().optional(),
        status: z.string().optional(),
        customProperties: customProperties(edition).optional(),
      }),
    )
    .describe('Other names that people use for it'),
);

/** The values that a column may have, each an entry of its own. */
export const enumeration = perEdition(edition =>
  z
    .array(
      z.strictObject({
        id: stableIdSchema.optional(),
        value: plainValueSchema,
        label: z.string().optional(),
        description: z.string().optional(),
        tags: tagsSchema.optional(),
        customProperties: customProperties(edition).optional(),
        authoritativeDefinitions: authoritativeDefinitions(edition).optional(),
      }),
    )
    .min(1)
    .superRefine((entries, context) => {
      const seen = new Set<string>();
      for (const [index, entry] of entries.entries()) {
        const text = canonicalJson(entry);
        const remedy = 'Remove one of the two.';
        if (seen.has(text))
          context.addIssue({
            code: 'custom',
            path: [index],
            message: 'the same entry is there already',
            params: { remedy },
          });
        seen.add(text);
      }
    })
    .meta({ uniqueItems: true, description: 'The values that are allowed' }),
);

/** The keys of tables and columns alike, besides their names. */
export function elementShape(edition: Edition) {
  return {
    ...keysIf(edition > 0, { id: stableIdSchema.optional() }),
    physicalName: z.string().optional().describe('Its name in the data, where it differs from name'),
    physicalType: z.string().optional().describe('Its type in the source system'),
    businessName: z.string().optional(),
    description: z.string().optional(),
    authoritativeDefinitions: authoritativeDefinitions(edition).optional(),
    tags: tagsSchema.optional(),
    customProperties: customProperties(edition).optional(),
    deprecated: since(2, edition, z.boolean().describe('Not for new uses')),
    synonyms: since(2, edition, synonyms(edition)),
  };
}
