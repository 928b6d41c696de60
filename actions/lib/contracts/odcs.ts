// A data contract as the Open Data Contract Standard defines it, in versions 3.0, 3.1 and 3.2. Written as a zod schema
// rather than the official JSON Schema, so that errors name the nearest key and the editor schema comes from the same
// source; tests hold it against the official schemas on all official examples, whole and broken.
import { z } from 'zod';
import {
  authoritativeDefinitions,
  context,
  customProperties,
  tagsSchema,
} from '#lib/contracts/odcs-definitions.ts';
import { API_VERSIONS, type Edition, neededIf, perEdition, since } from '#lib/contracts/odcs-edition.ts';
import { pricing, role, slaProperty, support, team } from '#lib/contracts/odcs-people.ts';
import { table } from '#lib/contracts/odcs-schema.ts';
import { server } from '#lib/contracts/odcs-servers.ts';

const versions = [...API_VERSIONS.keys()] as [string, ...string[]];

function wholeOf(edition: Edition) {
  return z.strictObject({
    apiVersion: z.enum(versions).describe('Version of the standard'),
    kind: z.literal('DataContract'),
    id: z.string().describe('Stable name of this contract'),
    name: z.string().optional(),
    version: z
      .string()
      .describe('Version of this contract: raise the first number when consumers could break'),
    status: neededIf(
      edition < 2,
      z.string().describe('proposed, draft, active, deprecated or retired'),
    ) as z.ZodType<string | undefined>,
    tenant: z.string().optional(),
    domain: z.string().optional(),
    dataProduct: z.string().optional(),
    description: z
      .looseObject({
        usage: z.string().optional(),
        purpose: z.string().optional(),
        limitations: z.string().optional(),
        authoritativeDefinitions: authoritativeDefinitions(edition).optional(),
        customProperties: customProperties(edition).optional(),
      })
      .optional(),
    context: since(2, edition, context(edition)),
    tags: tagsSchema.optional(),
    servers: z.array(server(edition)).optional().describe('Where the data lives'),
    schema: z.array(table(edition)).optional().describe('Tables and their columns'),
    team: team(edition).optional(),
    roles: z.array(role(edition)).optional(),
    support: z.array(support(edition)).optional(),
    price: pricing(edition).optional(),
    slaDefaultElement: z.string().optional(),
    slaProperties: z.array(slaProperty(edition)).optional(),
    authoritativeDefinitions: authoritativeDefinitions(edition).optional(),
    customProperties: customProperties(edition).optional(),
    contractCreatedTs: z.iso.datetime({ offset: true }).optional(),
  });
}

/** The whole document in one edition. */
export const contractForm = perEdition(wholeOf);

/** A contract as written; what 3.0 writes otherwise is as later versions write it. */
export type Contract = z.output<ReturnType<typeof wholeOf>>;

/**
 * The editions that may read a document, by its apiVersion, the preferred one first. Contracts of 3.0 are read as 3.1
 * where they can be, as its authors do with their examples; else as 3.0, whose schema leaves more open.
 */
export function editionsOf(document: unknown): readonly Edition[] {
  const { apiVersion } = (document ?? {}) as { readonly apiVersion?: unknown };
  const edition = typeof apiVersion === 'string' ? API_VERSIONS.get(apiVersion) : undefined;
  if (edition === 0) return [1, 0];
  return [edition ?? 1];
}

/** The form that a document fits, else the one that has the least against it; the preferred one among equals. */
export function fittingForm(document: unknown): ReturnType<typeof wholeOf> {
  const forms = editionsOf(document).map(contractForm);
  let best = forms[0] ?? contractForm(1);
  if (forms.length < 2) return best;
  let fewest = Number.POSITIVE_INFINITY;
  for (const form of forms) {
    const count = form.safeParse(document).error?.issues.length ?? 0;
    if (count < fewest) [best, fewest] = [form, count];
    if (count === 0) return form;
  }
  return best;
}
