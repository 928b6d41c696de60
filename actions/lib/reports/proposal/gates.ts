// Every gate with what it asked, what it found and how it ended.
import type { GateResult } from '#lib/gates/gate.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block } from '#lib/reports/blocks.ts';
import type { Span } from '#lib/reports/inline.ts';

/** The table of gates. */
export function gatesSection({ verdict }: Proposal): readonly Block[] {
  return [
    { kind: 'heading', level: 2, text: 'Gates' },
    {
      kind: 'table',
      columns: [{ header: 'Gate' }, { header: 'Outcome' }, { header: 'Found' }],
      rows: verdict.gates.map(gate => ({ cells: [gate.condition, [outcomeSpan(gate)], gate.reason] })),
    },
  ];
}

function outcomeSpan({ outcome, severity, override }: GateResult): Span {
  if (override) {
    return { text: `${outcome} (overridden by ${override.by} until ${override.expires})`, tone: 'warning' };
  }
  const text = severity === 'warn' && outcome !== 'passed' ? `${outcome} (warns only)` : outcome;
  if (outcome === 'passed') return { text, tone: 'pass' };
  if (outcome === 'not applicable') return { text, muted: true };
  return { text, tone: outcome === 'failed' && severity === 'block' ? 'fail' : 'warning' };
}

/** What stands only because a person let it through: said before any number. */
export function overridesNotice({ verdict }: Proposal): readonly Block[] {
  return verdict.gates.flatMap(({ condition, reason, override }): readonly Block[] =>
    override
      ? [
          {
            kind: 'notice',
            notice: 'warning',
            text: [
              { text: `${condition}: overridden by ${override.by} until ${override.expires}`, strong: true },
              { text: `. Found: ${reason}. Reason given: ${override.reason} (` },
              { text: override.path, code: true },
              { text: ')' },
            ],
          },
        ]
      : [],
  );
}
