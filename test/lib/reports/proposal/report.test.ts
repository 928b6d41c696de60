import { expect, it } from 'vitest';
import { renderMarkdown } from '#lib/reports/markdown.ts';
import { reportProposal } from '#lib/reports/proposal/report.ts';
import { evidence, proposal } from '../../../support/proposal.ts';
import { plain } from '../../../support/workspace.ts';

const failed = {
  slo_compliant: false,
  gates: [
    {
      id: 'rmse atMost 2',
      severity: 'block',
      outcome: 'failed',
      condition: 'rmse atMost 2',
      reason: '2.050 min (95 %: 1.900 to 2.200)',
      remedy: 'Improve the features.',
    },
  ],
  reasons: ['rmse atMost 2: failed'],
} as const;

function lines(markdown: string): readonly string[] {
  return markdown.split('\n').filter(line => line.trim() !== '');
}

it('the verdict comes first, with the metric, its interval, the rows and the trivial model', () => {
  const [title, ...rest] = lines(plain(renderMarkdown(reportProposal(proposal()))));
  expect(title).toBe('# parcels: the proposal stands');
  expect(rest.slice(0, 3).join(' ')).toMatch(/slo\\?_compliant: true/);
  expect(rest.slice(0, 3).join(' ')).toContain('2.050 min');
  expect(rest.slice(0, 3).join(' ')).toContain('6.480 min');
});

it('a gate that failed stands right below the verdict with what to do', () => {
  const text = renderMarkdown(
    reportProposal(proposal({ verdict: failed, evidence: { ...evidence, verdict: failed } })),
  );
  expect(lines(text)[0]).toBe('# parcels: the proposal does not stand');
  expect(text.indexOf('Improve the features.')).toBeLessThan(text.indexOf('## Gates'));
});

it('a proposal that changes its own gates says so before anything else', () => {
  const changes = ['models/parcels/model.yaml spec.gates[0].atMost: 2 to 3'];
  const text = renderMarkdown(reportProposal(proposal({ changes })));
  expect(text.indexOf('changes its own gates')).toBeLessThan(text.indexOf('## What changed'));
});

it('without a champion nothing claims to be better, with the same one nothing is to review', () => {
  expect(renderMarkdown(reportProposal(proposal()))).not.toMatch(/than the champion/);
  const champion = {
    state: 'same',
    name: 'main (1234567)',
    why: 'same',
    sha256: evidence.inputs.artifact,
  } as const;
  expect(renderMarkdown(reportProposal(proposal({ champion, changes: [] })))).toContain('Nothing to review');
});

it('a broken contract shows the rows that broke it, and no metric', () => {
  const [contract] = proposal().contracts;
  if (!contract) throw new Error('the builder has a contract');
  const checks = [
    {
      id: 'distance.minimum',
      column: 'distance',
      rule: 'minimum',
      says: 'distance is at least 0',
      severity: 'error',
      outcome: 'failed',
      value: 2,
      threshold: '= 0',
      failingRows: 2,
      failingShare: 2 / 600,
      samples: [{ line: 7, value: '-3' }],
      at: { line: 12, column: 9 },
    },
  ] as const;
  const text = renderMarkdown(
    reportProposal(
      proposal({
        contracts: [{ ...contract, passed: false, checks }],
        evidence: null,
        evidenceKey: null,
        crossValidation: null,
        costs: {},
        verdict: failed,
      }),
    ),
  );
  expect(text).toContain('line 7: -3');
  expect(text).toContain('contract.odcs.yaml:12');
  expect(text).not.toContain('## Algorithms');
});

it('text from a proposal is never markup', () => {
  const hostile = '<img src=x onerror=alert(1)> | @everyone ![x](http://x) <!-- ';
  const text = renderMarkdown(
    reportProposal(
      proposal({
        changes: [hostile],
        crossValidation: null,
        evidence: {
          ...evidence,
          selection: null,
          evaluation: {
            ...evidence.evaluation,
            slices: [
              {
                column: hostile,
                value: hostile,
                n: 60,
                metric: 'rmse',
                measured: 1,
                ci95: null,
                change: null,
              },
            ],
          },
        },
      }),
    ),
  );
  expect(text).not.toContain('<img');
  expect(text).not.toContain('@everyone');
  // Inside an HTML block such as <summary>, Markdown is not read.
  expect(text.replace(/<summary>.*<\/summary>/g, '')).not.toContain('![x]');
});
