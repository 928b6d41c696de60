// Lengths of time as service levels write them: a number and a unit of the standard, or ISO 8601. Months and years are of
// the calendar, so that what they come to depends on where they begin.

/** A month or year is not a number of milliseconds, so the two parts stay apart. */
export interface Duration {
  /** 0 or more. */
  readonly months: number;
  /** 0 or more. */
  readonly ms: number;
  /** The unit that numbers of it are told in. */
  readonly unit: TimeUnit;
  /** `4 days`. */
  readonly says: string;
}

export type TimeUnit = 's' | 'min' | 'h' | 'd';

export const MS_OF: Readonly<Record<TimeUnit, number>> = {
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A month and a year on average, for parts of them. */
const MONTH_MS = (365.2425 / 12) * MS_OF.d;

interface Unit {
  readonly word: string;
  readonly months?: number;
  readonly ms?: number;
  readonly unit: TimeUnit;
}

const UNITS: readonly (readonly [RegExp, Unit])[] = [
  [/^(s|secs?|seconds?)$/iu, { word: 'second', ms: MS_OF.s, unit: 's' }],
  [/^(m|mins?|minutes?)$/iu, { word: 'minute', ms: MS_OF.min, unit: 'min' }],
  [/^(h|hrs?|hours?)$/iu, { word: 'hour', ms: MS_OF.h, unit: 'h' }],
  [/^(d|days?)$/iu, { word: 'day', ms: MS_OF.d, unit: 'd' }],
  [/^(w|weeks?)$/iu, { word: 'week', ms: 7 * MS_OF.d, unit: 'd' }],
  [/^(mo|months?)$/iu, { word: 'month', months: 1, unit: 'd' }],
  [/^(y|yrs?|years?)$/iu, { word: 'year', months: 12, unit: 'd' }],
];

const PART = String.raw`(\d+(?:[.,]\d+)?)`;
const ISO = new RegExp(
  `^P(?=.)(?:${PART}Y)?(?:${PART}M)?(?:${PART}W)?(?:${PART}D)?(?:T(?=.)(?:${PART}H)?(?:${PART}M)?(?:${PART}S)?)?$`,
  'u',
);
const ISO_UNITS = ['y', 'mo', 'w', 'd', 'h', 'min', 's'];

/** Reads a value with its unit; of an ISO 8601 duration the unit is part. Undefined where it is no length of time. */
export function parseDuration(value: unknown, unit: string | undefined): Duration | undefined {
  const iso = typeof value === 'string' ? ISO.exec(value.trim()) : null;
  if (iso) return fromIso(iso);
  const amount = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof amount !== 'number' || !Number.isFinite(amount) || amount < 0) return undefined;
  const known = unitCalled(unit ?? '');
  if (!known) return undefined;
  return {
    ...of(amount, known),
    unit: known.unit,
    says: `${amount} ${known.word}${amount === 1 ? '' : 's'}`,
  };
}

function fromIso(parts: readonly (string | undefined)[]): Duration {
  let [months, ms] = [0, 0];
  const words: string[] = [];
  for (const [i, name] of ISO_UNITS.entries()) {
    const unit = unitCalled(name);
    const amount = Number(parts[i + 1]?.replace(',', '.') ?? 0);
    if (!unit || amount === 0) continue;
    const part = of(amount, unit);
    months += part.months;
    ms += part.ms;
    words.push(`${amount} ${unit.word}${amount === 1 ? '' : 's'}`);
  }
  const units: readonly TimeUnit[] = ['d', 'h', 'min', 's'];
  const unit = months > 0 ? 'd' : (units.find(one => ms % MS_OF[one] === 0) ?? 's');
  return { months, ms, unit, says: words.join(' ') || '0 seconds' };
}

function unitCalled(word: string): Unit | undefined {
  return UNITS.find(([form]) => form.test(word.trim()))?.[1];
}

/** Whole months stay months. */
function of(amount: number, unit: Unit): { readonly months: number; readonly ms: number } {
  if (unit.ms !== undefined) return { months: 0, ms: amount * unit.ms };
  const months = amount * (unit.months ?? 0);
  const whole = Math.trunc(months);
  return { months: whole, ms: (months - whole) * MONTH_MS };
}

/** The moment so long before another one; the last day of a month stands for a day that it lacks. */
export function momentBefore(moment: number, { months, ms }: Duration): number {
  if (months === 0) return moment - ms;
  const date = new Date(moment);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() - months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const midnight = Date.UTC(year, month, Math.min(date.getUTCDate(), lastDay));
  return midnight + (moment % MS_OF.d) - ms;
}

/** The longest that it can be, in milliseconds: a month of 31 days, a year of 366. */
export function longest({ months, ms }: Duration): number {
  if (months === 0) return ms;
  // The calendar repeats itself every 4 years, but for centuries, which are shorter.
  const spans = Array.from({ length: 48 }, (_, i) => Date.UTC(2000, i + months) - Date.UTC(2000, i));
  return Math.max(...spans) + ms;
}
