import { expect, test } from 'vitest';
import type { CheckResult, ContractResult } from '#lib/contracts/result.ts';
import { renderHtml } from '#lib/reports/html.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';
import { readTicked } from '#lib/reports/markdown-tasks.ts';
import { contractBlock, linkedContract } from '#lib/reports/proposal/data.ts';

function check(part: Partial<CheckResult>): CheckResult {
  return {
    ...{ id: 'x', column: null, rule: 'sql', says: 'x', severity: 'error', outcome: 'failed', value: null },
    ...{ threshold: '= 0', failingRows: null, failingShare: null, samples: [], at: { line: 9, column: 3 } },
    ...part,
  };
}

function result(checks: readonly CheckResult[]): ContractResult {
  return {
    contract: { path: 'orders.odcs.yaml', id: 'orders', version: '1.0.0' },
    data: { path: 'orders.csv', digest: 'sha256:0', rows: 10 },
    passed: checks.every(({ outcome }) => outcome !== 'failed'),
    checks,
    ratios: { schemaCompliance: 1, completeness: 0.9, freshness: 0.5 },
  };
}

const words = (part: Partial<CheckResult>) =>
  check({ ...part, rule: 'text', outcome: 'skipped', reason: 'a rule in words is for people to check' });

test('rules in words are a list for people to tick off, and no other check is among them', () => {
  const checks = [
    words({ says: 'Prices look plausible [x]', column: 'price' }),
    words({ says: 'Names are spelt\n- [x] well' }),
    check({ rule: 'sla', says: 'availability is 99.9', outcome: 'skipped', reason: 'for people' }),
  ];
  const lines = renderMarkdown([contractBlock(result(checks))]).split('\n');
  const tasks = lines.filter(line => line.startsWith('- [ ]'));
  expect(tasks).toHaveLength(2);
  expect(tasks[0]).toMatch(/^- \[ \] price: Prices look plausible/);
  expect(lines.filter(line => /^\s*- \[x\]/.test(line))).toEqual([]);
  expect(lines.filter(line => line.startsWith('- not checked'))).toEqual([
    expect.stringContaining('availability is 99.9'),
  ]);
  expect(renderHtml([contractBlock(result(checks))], { title: 'x', language: 'en' })).toContain(
    '<li>☐ price: Prices',
  );
});

test('a tick stays for as long as the rule has its words and its place', () => {
  const rule = words({ id: 'plausible', says: 'Prices look plausible', column: 'price' });
  const ticked = readTicked(render(rule).replace('- [ ]', '- [x]'));
  expect(ticked.size).toBe(1);
  expect(render(rule, ticked)).toContain('- [x] price: Prices look plausible');
  const others = [
    { ...rule, says: 'Prices look plausible.' },
    { ...rule, id: 'plausible-2' },
  ];
  for (const other of others) expect(render(other, ticked)).toContain('- [ ] price: Prices look');

  function render(check: CheckResult, done?: ReadonlySet<string>): string {
    return renderMarkdown([linkedContract(result([check]), { link: () => undefined, ticked: done })]);
  }
});

test('a check of no rows says what it found, or why nothing', () => {
  const text = renderMarkdown([
    contractBlock(
      result([
        check({ rule: 'sla', value: 5.041666666666667, threshold: '<= 2 d' }),
        check({ reason: 'the query gives NULL, a number was expected' }),
        check({ rule: 'columns', value: 1 }),
      ]),
    ),
  ]);
  expect(text).toContain('5.04167, asked for &lt;= 2 d');
  expect(text).toContain('the query gives NULL, a number was expected');
  expect(text).toContain('complete rows 90.0 %, fresh rows 50.0 %');
});
