import { expect, it } from 'vitest';
import { conditionsOf } from '#lib/evaluation/worst-slices/conditions.ts';

const numbers = (values: readonly number[]) =>
  conditionsOf({ name: 'amount', kind: 'number', values: Float64Array.from(values) }, 1);

it('a number is cut at quartiles written with few digits, and rows stand where the words say', () => {
  const values = Array.from({ length: 401 }, (_, index) => 1000.4 + index * 50);
  const { words, codes } = numbers([...values, Number.NaN]);
  // The quartiles are 6000.4, 11000.4 and 16000.4.
  expect(words).toEqual([
    'amount below 6\u202f000',
    'amount from 6\u202f000 to 11\u202f000',
    'amount from 11\u202f000 to 16\u202f000',
    'amount of 16\u202f000 or more',
    'amount is missing',
  ]);
  const bandOf = (value: number): number => [6000, 11000, 16000].filter(edge => value >= edge).length + 1;
  expect([...codes]).toEqual([...values.map(bandOf), 5]);
});

it('edges get more digits where few would make two of them one', () => {
  const { words } = numbers(Array.from({ length: 41 }, (_, index) => 1000.00004 + index / 100));
  expect(words[1]).toBe('amount from 1000.1 to 1000.2');
});

it('a number with few values is taken value by value, also below 0', () => {
  const { words, codes } = numbers([36, 60, -1, 36, Number.NaN]);
  expect(words).toEqual(['amount = \u22121', 'amount = 36', 'amount = 60', 'amount is missing']);
  expect([...codes]).toEqual([2, 3, 1, 2, 4]);
});

it('a number that mostly is one value has fewer bands', () => {
  const { words } = numbers([
    ...Array.from({ length: 90 }, () => 0),
    ...Array.from({ length: 9 }, (_, i) => i + 1),
  ]);
  expect(words).toEqual(['amount below 0', 'amount of 0 or more', 'amount is missing']);
});

it('of a text the frequent values count, twenty at most, long ones shortened', () => {
  const column = (values: readonly string[]) => conditionsOf({ name: 'home', kind: 'string', values }, 2);
  const { words, codes } = column(['rent', '', 'own', 'rent', 'own', 'x', '', 'rent']);
  expect(words).toEqual(['home = rent', 'home is missing', 'home = own']);
  expect([...codes]).toEqual([1, 2, 3, 1, 3, 0, 2, 1]);
  const many = Array.from({ length: 60 }, (_, index) => `v${index % 30}`);
  expect(column(many).words).toHaveLength(20);
  expect(column(['y'.repeat(50), 'y'.repeat(50)]).words).toEqual([`home = ${'y'.repeat(39)}…`]);
});
