// The small pieces that every section of the Open Data Contract Standard (ODCS) 3.1.0 repeats, and the sections about
// people and promises. Names and optionality are the standard's; unknown keys are errors.
import { z } from 'zod';

/** Any JSON value; written out because a missing key must be an error. */
export const anyValueSchema = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.unknown()),
  z.record(z.string(), z.unknown()),
]);

export const stableIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/, 'only letters, digits, "_" and "-" make an id')
  .describe('A stable name for this element, unique among its siblings; references point at it');

export const tagsSchema = z.array(z.string()).describe('Words to find this element by');

export const authoritativeDefinitionsSchema = z
  .array(
    z.strictObject({
      id: stableIdSchema.optional(),
      url: z.string(),
      type: z.string().describe('What the link is, for example businessDefinition or privacy-statement'),
      description: z.string().optional(),
    }),
  )
  .describe('Links to where this is defined in full');

export const customPropertySchema = z.strictObject({
  id: stableIdSchema.optional(),
  property: z.string(),
  value: anyValueSchema,
  description: z.string().optional(),
});

export const customPropertiesSchema = z
  .array(customPropertySchema)
  .describe('What the standard has no key for, as property and value');

const teamMemberSchema = z.strictObject({
  id: stableIdSchema.optional(),
  username: z.string().describe('Account name or e-mail address'),
  name: z.string().optional(),
  description: z.string().optional(),
  role: z.string().optional().describe('For example Owner or Data Steward'),
  dateIn: z.iso.date().optional(),
  dateOut: z.iso.date().optional(),
  replacedByUsername: z.string().optional(),
  tags: tagsSchema.optional(),
  customProperties: customPropertiesSchema.optional(),
  authoritativeDefinitions: authoritativeDefinitionsSchema.optional(),
});

/** The people behind a contract; the list form is that of version 3.0. */
export const teamSchema = z.union([
  z.strictObject({
    id: stableIdSchema.optional(),
    name: z.string().optional(),
    description: z.string().optional(),
    members: z.array(teamMemberSchema).optional(),
    tags: tagsSchema.optional(),
    customProperties: customPropertiesSchema.optional(),
    authoritativeDefinitions: authoritativeDefinitionsSchema.optional(),
  }),
  z.array(teamMemberSchema),
]);

export const roleSchema = z.strictObject({
  id: stableIdSchema.optional(),
  role: z.string().describe('The role that gives access to the data'),
  description: z.string().optional(),
  access: z.string().optional().describe('For example read or write'),
  firstLevelApprovers: z.string().optional(),
  secondLevelApprovers: z.string().optional(),
  customProperties: customPropertiesSchema.optional(),
});

export const supportSchema = z.strictObject({
  id: stableIdSchema.optional(),
  channel: z.string().describe('Where to ask'),
  url: z.string().optional(),
  description: z.string().optional(),
  tool: z.string().optional().describe('For example email, slack or teams'),
  scope: z.string().optional().describe('For example interactive, announcements or issues'),
  invitationUrl: z.string().optional(),
  customProperties: customPropertiesSchema.optional(),
});

export const pricingSchema = z.strictObject({
  id: stableIdSchema.optional(),
  priceAmount: z.number().optional(),
  priceCurrency: z.string().optional(),
  priceUnit: z.string().optional(),
});

const plainValueSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** One promise about the service: latency, retention, availability and the like. */
export const slaPropertySchema = z.strictObject({
  id: stableIdSchema.optional(),
  property: z.string().describe('For example latency, frequency, retention or generalAvailability'),
  value: plainValueSchema,
  valueExt: plainValueSchema.optional(),
  unit: z.string().optional().describe('d, day, days; y, yr, years; or any other unit'),
  element: z.string().optional().describe('The columns it is about, as table.column'),
  driver: z.string().optional().describe('regulatory, analytics or operational'),
  description: z.string().optional(),
  scheduler: z.string().optional(),
  schedule: z.string().optional(),
});

/** JSON Schema for editors: what meets the condition must meet the consequence too. */
export function implies(condition: object, consequence: object): Readonly<Record<string, object>> {
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  return { if: condition, then: consequence };
}
