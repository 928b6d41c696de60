// What the model costs to run and to make, as measured on the machine that proposed it.
import type { Cost } from '#lib/evaluation/cost.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block } from '#lib/reports/blocks.ts';

/** The cost of the selected algorithm in one sentence; undefined when nothing was measured. */
export function costSentence({ costs, evidence }: Proposal): string | undefined {
  const cost = costs[evidence?.selection?.selected ?? 'model'];
  if (!cost) return undefined;
  const { latency_p95_ms: p95, latency_p50_ms: p50, model_size_mb: size, memory_mb: memory } = cost;
  const answers = `an answer takes ${showCost(p50, 'ms')} (95 of 100 at most ${showCost(p95, 'ms')})`;
  const file = `the file has ${showCost(size, 'MB')}`;
  const process = `a process that serves it ${showCost(memory, 'MB')} of memory`;
  return `${answers}; ${file}, ${process}; training took ${showCost(cost.training_time_s, 's')}.`;
}

const costColumns = ['p50', 'p95', 'p99', 'Size', 'Memory', 'Training'] as const;

function costCells(cost: Cost | undefined): readonly string[] {
  return [
    showCost(cost?.latency_p50_ms, 'ms'),
    showCost(cost?.latency_p95_ms, 'ms'),
    showCost(cost?.latency_p99_ms, 'ms'),
    showCost(cost?.model_size_mb, 'MB'),
    showCost(cost?.memory_mb, 'MB'),
    showCost(cost?.training_time_s, 's'),
  ];
}

/** Three digits and the unit; small files in kB. */
export function showCost(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return 'not measured';
  const [shown, shownUnit] = unit === 'MB' && value < 1 ? [value * 1000, 'kB'] : [value, unit];
  return `${Number(shown.toPrecision(3))}\u00a0${shownUnit}`;
}

/** Every cost of every algorithm. */
export function costTable(costs: Proposal['costs']): Block {
  return {
    kind: 'table',
    columns: [{ header: 'Model' }, ...costColumns.map(header => ({ header, align: 'right' as const }))],
    rows: Object.entries(costs).map(([name, cost]) => ({ cells: [name, ...costCells(cost)] })),
  };
}
