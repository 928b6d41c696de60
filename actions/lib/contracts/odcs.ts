// A data contract as the Open Data Contract Standard 3.1.0 defines it, 3.0.x read too. Written as a zod schema rather
// than the official JSON Schema, so that errors name the nearest key and the editor schema comes from the same source;
// a test holds it against all official examples.
import { z } from 'zod';
import {
  authoritativeDefinitionsSchema,
  customPropertiesSchema,
  pricingSchema,
  roleSchema,
  slaPropertySchema,
  supportSchema,
  tagsSchema,
  teamSchema,
} from '#lib/contracts/odcs-definitions.ts';
import { tableSchema } from '#lib/contracts/odcs-schema.ts';
import { serverSchema } from '#lib/contracts/odcs-servers.ts';

/** The whole document. */
export const odcsSchema = z
  .strictObject({
    apiVersion: z.enum(['v3.1.0', 'v3.0.2', 'v3.0.1', 'v3.0.0']).describe('Version of the standard'),
    kind: z.literal('DataContract'),
    id: z.string().describe('Stable name of this contract'),
    name: z.string().optional(),
    version: z
      .string()
      .describe('Version of this contract: raise the first number when consumers could break'),
    status: z.string().describe('proposed, draft, active, deprecated or retired'),
    tenant: z.string().optional(),
    domain: z.string().optional(),
    dataProduct: z.string().optional(),
    description: z
      .looseObject({
        usage: z.string().optional(),
        purpose: z.string().optional(),
        limitations: z.string().optional(),
        authoritativeDefinitions: authoritativeDefinitionsSchema.optional(),
        customProperties: customPropertiesSchema.optional(),
      })
      .optional(),
    tags: tagsSchema.optional(),
    servers: z.array(serverSchema).optional().describe('Where the data lives'),
    schema: z.array(tableSchema).optional().describe('Tables and their columns'),
    team: teamSchema.optional(),
    roles: z.array(roleSchema).optional(),
    support: z.array(supportSchema).optional(),
    price: pricingSchema.optional(),
    slaDefaultElement: z.string().optional(),
    slaProperties: z.array(slaPropertySchema).optional(),
    authoritativeDefinitions: authoritativeDefinitionsSchema.optional(),
    customProperties: customPropertiesSchema.optional(),
    contractCreatedTs: z.iso.datetime({ offset: true }).optional(),
  })
  .describe('Open Data Contract Standard, https://bitol-io.github.io/open-data-contract-standard');

/** A contract as written. */
export type Contract = z.output<typeof odcsSchema>;
