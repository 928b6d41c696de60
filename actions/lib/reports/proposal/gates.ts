// Every gate with what it asked, what it found and how it ended.
import type { GateResult } from '#lib/gates/gate.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block } from '#lib/reports/blocks.ts';
import type { Span } from '#lib/reports/inline.ts';

/** More gates than this are parted: those that did not pass stand open. */
const MOST_OPEN = 8;

/** The table of gates. */
export function gatesSection({ verdict }: Proposal): readonly Block[] {
  const heading = { kind: 'heading', level: 2, text: 'Gates' } as const;
  const { gates } = verdict;
  const passed = gates.filter(({ outcome }) => outcome === 'passed');
  if (gates.length <= MOST_OPEN || passed.length === 0) return [heading, gateTable(gates)];
  const others = gates.filter(({ outcome }) => outcome !== 'passed');
  const summary = others.length === 0 ? `All ${gates.length} gates passed` : `${passed.length} gates passed`;
  return [
    heading,
    ...(others.length > 0 ? [gateTable(others)] : []),
    { kind: 'details', summary, blocks: [gateTable(passed)] },
  ];
}

function gateTable(gates: readonly GateResult[]): Block {
  return {
    kind: 'table',
    columns: [{ header: 'Gate' }, { header: 'Outcome' }, { header: 'Found' }],
    rows: gates.map(gate => ({ cells: [gate.condition, [outcomeSpan(gate)], gate.reason] })),
  };
}

function outcomeSpan({ outcome, severity, override }: GateResult): Span {
  if (override) {
    return { text: `${outcome} (overridden by ${override.by} until ${override.expires})`, tone: 'warning' };
  }
  const text = severity === 'warn' && outcome !== 'passed' ? `${outcome} (warns only)` : outcome;
  if (outcome === 'passed')
    return { text: severity === 'warn' ? `${text} (would only warn)` : text, tone: 'pass' };
  if (outcome === 'not applicable') return { text, muted: true };
  return { text, tone: outcome === 'failed' && severity === 'block' ? 'fail' : 'warning' };
}

/** What stands only because a person let it through: said before any number. */
export function overridesNotice({ verdict }: Proposal, note = ''): readonly Block[] {
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
              { text: `).${note}` },
            ],
          },
        ]
      : [],
  );
}
