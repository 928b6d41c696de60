import { describe, expect, it } from 'vitest';
import { type Contexts, contextOf, contextsSchema } from '#lib/behaviour/contexts.ts';
import { readMoment } from '#lib/behaviour/moment.ts';
import { checkSeasons, seasonsSchema } from '#lib/behaviour/seasons.ts';
import { parseDocumentText } from '#lib/documents/document.ts';
import { checkDocument } from '#lib/documents/read.ts';
import { ConfigurationErrors } from '#lib/errors.ts';
import type { Column } from '#lib/tables/table.ts';

function read(contexts: string): Contexts {
  const text = `apiVersion: mainline.dev/v1alpha1\nkind: Contexts\nspec:\n  contexts:\n${contexts}`;
  return checkDocument(parseDocumentText(text, 'contexts.yaml'), contextsSchema).value;
}

const year = read(`
    - {name: black-friday, dates: [{from: 2026-11-27, to: 2026-11-27}]}
    - {name: christmas, dates: [{from: 12-01, to: 01-06}]}
    - {name: holidays, dates: [{from: 07-01, to: 08-31}, {from: 02-10, to: 02-29}]}
    - {name: weekend-night, weekdays: [saturday, sunday], hours: {from: 22, to: 6}}
    - {name: weekend, weekdays: [saturday, sunday]}
    - {name: morning, hours: {from: 7, to: 10}}
`);

describe('the context of', () => {
  it.each([
    ['the last day before', '2026-11-30', 'normal'],
    ['the first day', '2026-12-01', 'christmas'],
    ['the end of the year', '2026-12-31', 'christmas'],
    ['the year after', '2027-01-06', 'christmas'],
    ['the first day after', '2027-01-07', 'normal'],
    ['one day of one year', '2026-11-27', 'black-friday'],
    ['the same day of another year', '2025-11-27', 'normal'],
    ['the second of two ranges', '2028-02-29', 'holidays'],
    ['the end of a range', '2026-08-31T23:59', 'holidays'],
    ['a saturday', '2026-10-10T12:00', 'weekend'],
    ['a sunday by its date alone', '2026-10-11', 'weekend'],
    ['a saturday at 22', '2026-10-10T22:00', 'weekend-night'],
    ['a saturday at 6', '2026-10-10T06:00', 'weekend'],
    ['a saturday before 6', '2026-10-10T05:59', 'weekend-night'],
    ['the night from friday, which is a friday', '2026-10-09T23:00', 'normal'],
    ['a weekday at 7', '2026-10-08T07:00', 'morning'],
    ['a weekday at 10', '2026-10-08T10:00', 'normal'],
    ['a weekday without a time', '2026-10-08', 'normal'],
    ['a saturday in the season, since that stands first', '2026-12-05', 'christmas'],
  ])('%s', (_, text, context) => {
    const moment = readMoment(text);
    expect(moment && contextOf(moment, year)).toBe(context);
  });
});

function times(values: readonly string[]): Column {
  return { name: 'at', kind: 'string', values };
}

function check(training: Column, test: Column, contexts: Contexts) {
  const found = checkSeasons({ training, test }, contexts);
  expect(seasonsSchema.parse(found)).toEqual(found);
  return found;
}

const seasons = read(`
    - {name: christmas, dates: [{from: 12-01, to: 01-06}]}
    - {name: summer, dates: [{from: 06-21, to: 09-22}]}
`);

it('a model that has never seen a season is told so', () => {
  const training = times(['2026-02-01', '2026-03-01', '2026-07-01', '', 'soon']);
  const test = times(['2026-04-01', '']);
  expect(check(training, test, seasons)).toEqual({
    contexts: [
      { name: 'christmas', training: 0, test: 0 },
      { name: 'summer', training: 1, test: 0 },
      { name: 'normal', training: 2, test: 1 },
    ],
    neverTrained: ['christmas'],
    notEvaluated: ['christmas', 'summer'],
    unreadable: { training: 2, test: 1 },
    status: 'not covered',
    words: 'trained without christmas; evaluated without christmas and summer',
  });
});

it('a model that was tested in all seasons it will meet is covered', () => {
  const all = times(['2025-12-24', '2026-07-01', '2026-04-01']);
  expect(check(all, all, seasons)).toMatchObject({
    ...{ status: 'covered', neverTrained: [], words: 'trained and evaluated in every declared context' },
  });
});

it('the default is a context too, under its own name', () => {
  const onlySummer = read(
    '    - {name: summer, dates: [{from: 06-21, to: 09-22}]}\n  default: rest-of-the-year\n',
  );
  const july = times(['2026-07-01']);
  const found = check(times(['2026-07-01', '2026-10-01']), july, onlySummer);
  expect(found.words).toBe('evaluated without rest-of-the-year');
});

it('numbers since 1970 are times as well', () => {
  const column: Column = { name: 'at', kind: 'number', values: Float64Array.of(1_798_070_400, Number.NaN) };
  // 1798070400 = 2026-12-24 00:00 UTC.
  expect(check(column, column, seasons).contexts[0]).toEqual({ name: 'christmas', training: 1, test: 1 });
});

it('rows without times tell nothing', () => {
  const found = check(times(['Thu', 'Fri']), times(['2026-07-01']), seasons);
  expect(found).toMatchObject({ status: "can't tell", unreadable: { training: 2, test: 0 } });
  expect(found.words).toBe('no row of the training or the test says when it was observed');
});

describe('a mistake is shown at its place:', () => {
  const problemsOf = (contexts: string): readonly string[] => {
    try {
      read(contexts);
      return [];
    } catch (error) {
      if (!(error instanceof ConfigurationErrors)) throw error;
      return error.problems.map(({ at, message, remedy }) => `${at?.line}: ${message} -> ${remedy}`);
    }
  };

  it.each([
    [
      'a day there is not',
      '    - {name: a, dates: [{from: 02-30, to: 03-01}]}\n',
      '5: spec.contexts[0].dates[0].from is not valid: write a day as 12-01 (every year) or 2026-12-01 -> Write month-day or year-month-day.',
    ],
    [
      'a leap day of a year that has none',
      '    - {name: a, dates: [{from: 2025-02-29, to: 2025-03-01}]}\n',
      '5: spec.contexts[0].dates[0].from is not valid: write a day as 12-01 (every year) or 2026-12-01 -> Write month-day or year-month-day.',
    ],
    [
      'one day with a year and one without',
      '    - {name: a, dates: [{from: 2026-12-01, to: 01-06}]}\n',
      '5: spec.contexts[0].dates[0] is not valid: give both days a year, or none -> Correct the value.',
    ],
    [
      'days of years in the wrong order',
      '    - {name: a, dates: [{from: 2026-12-01, to: 2026-01-06}]}\n',
      '5: spec.contexts[0].dates[0] is not valid: the first day comes after the last one -> Correct the value.',
    ],
    [
      'an empty band of hours',
      '    - {name: a, hours: {from: 6, to: 6}}\n',
      '5: spec.contexts[0].hours is not valid: the band is empty -> Correct the value.',
    ],
    [
      'a misspelt weekday',
      '    - {name: a, weekdays: [satuday]}\n',
      '5: spec.contexts[0].weekdays[0] must be "monday" or "tuesday" or "wednesday" or "thursday" or "friday" or "saturday" or "sunday", found "satuday" -> Did you mean "saturday"?',
    ],
    [
      'a context that says nothing',
      '    - {name: a}\n',
      '5: spec.contexts[0] is not valid: write dates, weekdays or hours -> Correct the value.',
    ],
    [
      'a name of the default',
      '    - {name: normal, hours: {from: 1, to: 2}}\n',
      '5: spec.contexts is not valid: a name stands there twice -> Correct the value.',
    ],
  ])('%s', (_, contexts, problem) => {
    expect(problemsOf(contexts)).toEqual([problem]);
  });
});
