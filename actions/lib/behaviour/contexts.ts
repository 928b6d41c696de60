// kind: Contexts - data/contexts.yaml: the times of the year, week and day in which the world behaves differently. One
// moment has one context, the first that applies, so narrow ones stand first.
import { z } from 'zod';

const DAY = /^(?:(\d{4})-)?(\d{2})-(\d{2})$/u;
const LEAP_YEAR = 2024;

/** A day of the calendar, of one year or of every year. */
function isDay(text: string): boolean {
  const [, year, month, day] = DAY.exec(text) ?? [];
  const date = new Date(Date.UTC(Number(year ?? LEAP_YEAR), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

const daySchema = z
  .string()
  .refine(isDay, {
    message: 'write a day as 12-01 (every year) or 2026-12-01',
    params: { remedy: 'Write month-day or year-month-day.' },
  })
  .describe('Month and day (every year), or year, month and day.');

const datesSchema = z
  .strictObject({ from: daySchema, to: daySchema.describe('The last day that belongs to it.') })
  .refine(({ from, to }) => from.length === to.length, { message: 'give both days a year, or none' })
  .refine(({ from, to }) => from.length !== to.length || from.length === 5 || from <= to, {
    message: 'the first day comes after the last one',
  });

/** Monday first, as ISO 8601 counts. */
export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

const hoursSchema = z
  .strictObject({
    from: z.int().min(0).max(23).describe('The first hour that belongs to it.'),
    to: z.int().min(0).max(24).describe('The first hour that does not.'),
  })
  .refine(({ from, to }) => from !== to, { message: 'the band is empty' });

const nameSchema = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'use lower-case letters, digits and hyphens');

const contextSchema = z
  .strictObject({
    name: nameSchema,
    dates: z
      .array(datesSchema)
      .min(1)
      .max(100)
      .optional()
      .describe('Any of these ranges; from 12-01 to 01-06 goes over the end of the year.'),
    weekdays: z.array(z.enum(WEEKDAYS)).min(1).optional(),
    hours: hoursSchema.optional().describe('In UTC; from 22 to 6 goes over midnight.'),
  })
  .refine(({ dates, weekdays, hours }) => dates ?? weekdays ?? hours, {
    message: 'write dates, weekdays or hours',
  });

export const contextsSchema = z.strictObject({
  apiVersion: z.literal('mainline.dev/v1alpha1'),
  kind: z.literal('Contexts'),
  spec: z
    .strictObject({
      contexts: z
        .array(contextSchema)
        .min(1)
        .max(50)
        .describe('The first that applies holds: narrow ones first. All of what one says must apply.'),
      default: nameSchema.default('normal').describe('The name of all other times.'),
    })
    .refine(
      ({ contexts, default: other }) =>
        new Set([other, ...contexts.map(({ name }) => name)]).size === contexts.length + 1,
      { path: ['contexts'], message: 'a name stands there twice' },
    ),
});

export type Contexts = Readonly<z.output<typeof contextsSchema>>;
type Context = Contexts['spec']['contexts'][number];

/** A moment in UTC. */
export interface Moment {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  /** 1 to 31 */
  readonly day: number;
  /** 0 (monday) to 6 */
  readonly weekday: number;
  /** 0 to 23; undefined for a date without a time, which no band of hours holds. */
  readonly hour: number | undefined;
}

/** The name of the first context that applies, else of the default. */
export function contextOf(moment: Moment, { spec }: Contexts): string {
  return spec.contexts.find(context => applies(context, moment))?.name ?? spec.default;
}

function applies({ dates, weekdays, hours }: Context, moment: Moment): boolean {
  const weekday = WEEKDAYS[moment.weekday];
  return (
    (dates?.some(range => isOn(range, moment)) ?? true) &&
    (weekdays === undefined || (weekday !== undefined && weekdays.includes(weekday))) &&
    (hours === undefined || isDuring(hours, moment.hour))
  );
}

function isOn({ from, to }: z.output<typeof datesSchema>, { year, month, day }: Moment): boolean {
  const two = (part: number): string => String(part).padStart(2, '0');
  const yearly = `${two(month)}-${two(day)}`;
  if (from.length > yearly.length) {
    const date = `${String(year).padStart(4, '0')}-${yearly}`;
    return from <= date && date <= to;
  }
  return from <= to ? from <= yearly && yearly <= to : from <= yearly || yearly <= to;
}

function isDuring({ from, to }: z.output<typeof hoursSchema>, hour: number | undefined): boolean {
  if (hour === undefined) return false;
  return from < to ? from <= hour && hour < to : from <= hour || hour < to;
}
