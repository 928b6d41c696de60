import { expect, test } from 'vitest';
import { openTinyTables, outcomeOf } from './tiny-table.ts';

openTinyTables();

const rule = (validValues: readonly unknown[]) => ({
  quality: [{ metric: 'invalidValues', arguments: { validValues }, mustBe: 0 }],
});
const invalid = async (validValues: readonly unknown[], values: readonly string[]) =>
  (await outcomeOf('invalidValues', rule(validValues), values)).values;

/** More than are compared one by one. */
const NUMBERS = Array.from({ length: 100 }, (_, i) => i * 3 - 30);
const TEXTS = Array.from({ length: 100 }, (_, i) => `it's ${i}`);

test('a number among many is one however it is written, and what lies between is none', async () => {
  const values = [
    '0',
    '3.0',
    '-30',
    '3e0',
    ' 6',
    '-0',
    '1',
    '2.999',
    '3_0',
    'NaN',
    'inf',
    '1e300',
    'x',
    '300',
  ];
  const outside = ['1', '2.999', '3_0', 'NaN', 'inf'];
  expect(await invalid(NUMBERS, values)).toEqual(outside);
  expect(await invalid(NUMBERS.slice(0, 15), values)).toEqual(outside);
  const apart = ['9e15', '-7e9', '9e14', '3', '1', '-33'];
  expect(await invalid([...NUMBERS, 9e15, -7e9], apart)).toEqual(['9e14', '1', '-33']);
  const last = 49_969;
  const ends = ['-30', '-31', '-29', String(last), String(last - 1), String(last + 1)];
  expect(await invalid([last, ...NUMBERS], ends)).toEqual(['-31', '-29', '49968', '49970']);
});

test('a text among many is one letter by letter', async () => {
  expect(await invalid([...TEXTS, ...TEXTS], ["it's 7", "It's 7", "it's 7 ", "it's 100", "it's 99"])).toEqual(
    ["It's 7", "it's 7 ", "it's 100"],
  );
});

test('numbers with fractions and texts together are each compared as what they are', async () => {
  const many = [...NUMBERS, 0.5, ...TEXTS];
  expect(await invalid(many, ['0.50', '3', "it's 3", '0.51', "it's"])).toEqual(['0.51', "it's"]);
});
