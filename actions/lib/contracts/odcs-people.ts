// The sections of a contract about people and promises: team, roles, support, price and service levels.
import { z } from 'zod';
import {
  authoritativeDefinitions,
  customProperties,
  plainValueSchema,
  stableIdSchema,
  tagsSchema,
} from '#lib/contracts/odcs-definitions.ts';
import {
  closedSince31,
  type Edition,
  keysIf,
  neededIf,
  openSince,
  perEdition,
} from '#lib/contracts/odcs-edition.ts';

/** The keys that 3.1 gave to many maps that 3.0 leaves open. */
function keysOf31(edition: Edition) {
  return keysIf(edition > 0, {
    id: stableIdSchema.optional(),
    customProperties: customProperties(edition).optional(),
  });
}

const teamMember = perEdition(edition =>
  closedSince31(edition, {
    ...keysOf31(edition),
    username: neededIf(edition > 0, z.string().describe('Account name or e-mail address')),
    name: z.string().optional(),
    description: z.string().optional(),
    role: z.string().optional().describe('For example Owner or Data Steward'),
    dateIn: z.iso.date().optional(),
    dateOut: z.iso.date().optional(),
    replacedByUsername: z.string().optional(),
    ...keysIf(edition > 0, {
      tags: tagsSchema.optional(),
      authoritativeDefinitions: authoritativeDefinitions(edition).optional(),
    }),
  }),
);

/** The people behind a contract; the list form is that of version 3.0. */
export const team = perEdition(edition => {
  const list = z.array(teamMember(edition));
  const whole = z.union([
    z.strictObject({
      ...keysOf31(edition),
      name: z.string().optional(),
      description: z.string().optional(),
      members: list.optional(),
      tags: tagsSchema.optional(),
      authoritativeDefinitions: authoritativeDefinitions(edition).optional(),
    }),
    list,
  ]);
  return edition > 0 ? whole : (list as unknown as typeof whole);
});

export const role = perEdition(edition =>
  closedSince31(edition, {
    ...keysIf(edition > 0, { id: stableIdSchema.optional() }),
    role: z.string().describe('The role that gives access to the data'),
    description: z.string().optional(),
    access: z.string().optional().describe('For example read or write'),
    firstLevelApprovers: z.string().optional(),
    secondLevelApprovers: z.string().optional(),
    customProperties: customProperties(edition).optional(),
  }),
);

export const support = perEdition(edition =>
  closedSince31(edition, {
    ...keysOf31(edition),
    channel: z.string().describe('Where to ask'),
    url: edition > 0 ? z.string().optional() : (z.string() as unknown as z.ZodOptional<z.ZodString>),
    description: z.string().optional(),
    tool: z.string().optional().describe('For example email, slack or teams'),
    scope: z.string().optional().describe('For example interactive, announcements or issues'),
    invitationUrl: z.string().optional(),
  }),
);

export const pricing = perEdition(edition =>
  closedSince31(edition, {
    ...keysIf(edition > 0, { id: stableIdSchema.optional() }),
    priceAmount: z.number().optional(),
    priceCurrency: z.string().optional(),
    priceUnit: z.string().optional(),
  }),
);

/** One promise about the service: latency, retention, availability and the like. */
export const slaProperty = perEdition(edition =>
  closedSince31(edition, {
    ...keysIf(edition > 0, {
      id: stableIdSchema.optional(),
      description: z.string().optional(),
      scheduler: z.string().optional(),
      schedule: z.string().optional(),
    }),
    property: z.string().describe('For example latency, frequency, retention or generalAvailability'),
    value: plainValueSchema,
    valueExt: plainValueSchema.optional(),
    unit: z.string().optional().describe('d, day, days; y, yr, years; or any other unit'),
    element: z.string().optional().describe('The columns it is about, as table.column'),
    driver: z.string().optional().describe('regulatory, analytics or operational'),
    customProperties: openSince(2, edition, customProperties(edition)),
    authoritativeDefinitions: openSince(2, edition, authoritativeDefinitions(edition)),
  }),
);
