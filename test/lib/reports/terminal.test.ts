import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Block, Table } from '#lib/reports/blocks.ts';
import { displayWidth } from '#lib/reports/display-width.ts';
import { renderTerminal, type TerminalOptions } from '#lib/reports/terminal.ts';
import { anyOf } from '../../support/characters.ts';
import { everyPlace, hostileTexts } from '../../support/hostile-text.ts';
import { sampleReport } from '../../support/sample-report.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/reports');
const plain = { width: 100, color: false } as const;
const linesOf = (blocks: readonly Block[], options: TerminalOptions = plain) =>
  renderTerminal(blocks, options).trimEnd().split('\n');

/** The only escape codes that styleText writes. */
const styleCode = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'gu');

/** All that moves a cursor, colors or reorders. */
const unsafe = anyOf([0, 9], [0xb, 0x1f], [0x7f, 0x9f], [0x200e, 0x200f], [0x202a, 0x202e], [0x2066, 0x2069]);

const algorithms: Table = {
  kind: 'table',
  columns: [
    { header: 'Algorithm' },
    ...['rmse', '95 % interval', 'p95', 'Size', 'Training'].map(header => ({
      header,
      align: 'right' as const,
    })),
    { header: 'Role' },
  ],
  rows: [
    {
      cells: [
        'gradient-boosting',
        '2.142 min',
        '2.067 to 2.204',
        '0.109 ms',
        '0.195 MB',
        '0.785 s',
        'selected',
      ],
      emphasis: true,
    },
    { cells: ['linear', '3.737 min', '3.665 to 3.816', '0.0948 ms', '0.0029 MB', '0.0575 s', 'rejected'] },
  ],
};

describe('the sample report is the text that was reviewed', () => {
  test('on a wide screen', async () => {
    await expect(renderTerminal(sampleReport, plain)).toMatchFileSnapshot(join(fixtures, 'sample.txt'));
  });

  test('on a narrow one without Unicode, all parts open', async () => {
    const options = { width: 60, color: false, unicode: false, details: 'open' } as const;
    await expect(renderTerminal(sampleReport, options)).toMatchFileSnapshot(
      join(fixtures, 'sample-ascii.txt'),
    );
  });
});

test('color adds escape codes and nothing else', () => {
  const painted = renderTerminal(sampleReport, { width: 100, color: true });
  expect(painted).toContain('\u001b[');
  expect(stripVTControlCharacters(painted)).toBe(renderTerminal(sampleReport, plain));
});

describe('hostile text', () => {
  test.each(Object.entries(hostileTexts))('%s moves, colors and reorders nothing', (_, text) => {
    const options = { width: 80, color: false, details: 'open' } as const;
    expect(renderTerminal(everyPlace(text), options)).not.toMatch(unsafe);
  });

  test('gives the same lines with color, once our own codes are gone', () => {
    for (const text of Object.values(hostileTexts)) {
      const painted = renderTerminal(everyPlace(text), { width: 80, color: true });
      expect(painted.replaceAll(styleCode, '')).toBe(
        renderTerminal(everyPlace(text), { width: 80, color: false }),
      );
    }
  });

  test('any text shows no control character and fits the width', () => {
    const options = { width: 60, color: false, details: 'open' } as const;
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.lorem({ maxCount: 30 })), text => {
        const shown = renderTerminal(everyPlace(text), options);
        expect(shown).not.toMatch(unsafe);
        for (const line of shown.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(60);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a table of seven columns', () => {
  test('stays a table on 100 and on 80 columns, with every number whole', () => {
    for (const width of [100, 80]) {
      const lines = linesOf([algorithms], { width, color: false });
      expect(lines.find(line => line.includes('Training'))).toMatch(/Algorithm.*rmse/u);
      expect(lines.every(line => displayWidth(line) <= width)).toBe(true);
      for (const number of ['2.142 min', '2.067 to 2.204', '0.0948 ms', '0.0575 s'])
        expect(lines.join('\n')).toContain(number);
    }
  });

  test('becomes a list of names and values where even wrapped cells do not fit', () => {
    const lines = linesOf([algorithms], { width: 40, color: false });
    expect(lines.slice(0, 3)).toEqual([
      'gradient-boosting',
      '  rmse           2.142 min',
      '  95 % interval  2.067 to 2.204',
    ]);
  });

  test('lines its columns up', () => {
    const [header = '', , first = '', second = ''] = linesOf([algorithms]);
    expect(header.indexOf('Role')).toBe(first.indexOf('selected'));
    expect(header.indexOf('Role')).toBe(second.indexOf('rejected'));
    expect(first.indexOf('2.142 min') + 9).toBe(second.indexOf('3.737 min') + 9);
  });
});

test('no line ends in spaces', () => {
  const options = { width: 60, color: false, details: 'open' } as const;
  for (const text of Object.values(hostileTexts))
    expect(linesOf(everyPlace(text), options).filter(line => line.endsWith(' '))).toEqual([]);
});

test('folded parts are one line each, without a line between', () => {
  const fold = (summary: string): Block => ({
    kind: 'details',
    summary,
    blocks: [{ kind: 'paragraph', text: 'inside' }],
  });
  expect(linesOf([fold('one'), fold('two')])).toEqual(['▸ one', '▸ two']);
  expect(linesOf([fold('one'), fold('two')], { ...plain, details: 'open' })).toEqual([
    '▾ one',
    '  inside',
    '',
    '▾ two',
    '  inside',
  ]);
});

test('wide characters take two columns and combining marks none', () => {
  expect(['表', '한', '👍', 'e\u0301', 'é', '…'].map(displayWidth)).toEqual([2, 2, 2, 1, 1, 1]);
});
