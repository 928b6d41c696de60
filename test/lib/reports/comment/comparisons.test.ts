// What a reviewer is told of four comparisons whose truth is known, since a simulation made them.
import { expect, it } from 'vitest';
import { renderComment } from '#lib/reports/comment/comment.ts';
import { comparisonCases } from '../../../support/comparison-cases.ts';

function firstLines(name: string): string {
  const input = comparisonCases[name];
  if (!input) throw new Error(`there is no case ${name}`);
  return renderComment(input).split('### ')[0] ?? '';
}

it('a model with smaller errors everywhere is better, and stands', () => {
  expect(firstLines('clearly-better')).toMatch(/parcels stands.*better than the champion/u);
});

it('a model that gains on all rows and loses on one day does not stand, and the day is named', () => {
  const text = firstLines('worse-in-one-slice');
  expect(text).toMatch(/parcels does not stand/u);
  expect(text).toMatch(/on every day.* failed: day = Sun/u);
  expect(text).toMatch(/Worse than the champion on a part of the rows.*day = Sun/u);
  expect(text).not.toMatch(/day = (?:Mon|Tue|Wed|Thu|Fri|Sat)/u);
});

it('with few rows and a small difference nobody can tell, and how many rows would is said', () => {
  const text = firstLines('cannot-tell');
  expect(text).toMatch(/parcels does not stand.*can't tell it from the champion/u);
  expect(text).toMatch(/about .*rows would tell/u);
});

it('a model with larger errors is worse, and does not stand', () => {
  expect(firstLines('worse')).toMatch(/parcels does not stand.*worse than the champion/u);
});
