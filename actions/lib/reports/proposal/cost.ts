// What the model costs to run and to make, as measured on the machine that proposed it, and beside the model it would
// replace.
import type { Cost, CostRatio } from '#lib/evaluation/cost.ts';
import { formatInterval, formatNumber, groupDigits } from '#lib/evaluation/format.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block } from '#lib/reports/blocks.ts';

/** The cost of the selected algorithm in a sentence or two; undefined when nothing was measured. */
export function costSentence({ costs, evidence, champion }: Proposal): string | undefined {
  const cost = costs[evidence?.selection?.selected ?? 'model'];
  if (!cost) return undefined;
  const { latency_p95_ms: p95, latency_p50_ms: p50, model_size_mb: size, memory_mb: memory } = cost;
  const answers = `an answer takes ${showCost(p50, 'ms')} (95 of 100 at most ${showCost(p95, 'ms')})`;
  const file = `the file has ${showCost(size, 'MB')}`;
  const process = `a process that serves it ${showCost(memory, 'MB')} of memory`;
  const own = `${answers}; ${file}, ${process}; training took ${showCost(cost.training_time_s, 's')}.`;
  const relative = champion.state === 'same' ? undefined : relativeSentence(cost);
  return relative === undefined ? own : `${own} ${relative}`;
}

/** Beside another model, measured in the same minutes: what moves one number moves the other. */
function relativeSentence({ relative }: Cost): string | undefined {
  if (!relative) return undefined;
  const parts = [
    ['slow answers', relative.latency_regression],
    ['batches', relative.throughput_regression],
    ['memory', relative.memory_regression],
  ] as const;
  const shown = parts.flatMap(([what, ratio]) => (ratio ? [`${what} ${showRatio(ratio)}`] : []));
  return shown.length > 0 ? `In times of ${relative.to}, measured in turn: ${shown.join(', ')}.` : undefined;
}

function showRatio({ value, ci95 }: CostRatio): string {
  const interval = ci95 ? ` (95\u00a0%: ${formatInterval(ci95)})` : '';
  return `${formatNumber(value)}${interval}`;
}

const costColumns = ['p50', 'p95', 'p99', 'Rows a second', 'Size', 'Memory', 'Training'] as const;

function costCells(cost: Cost): readonly string[] {
  return [
    showCost(cost.latency_p50_ms, 'ms'),
    showCost(cost.latency_p95_ms, 'ms'),
    showCost(cost.latency_p99_ms, 'ms'),
    showRows(cost.throughput_rows_s),
    showCost(cost.model_size_mb, 'MB'),
    showCost(cost.memory_mb, 'MB'),
    showCost(cost.training_time_s, 's'),
  ];
}

/** Three digits and the unit; small files in kB. */
export function showCost(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return 'not measured';
  const [shown, shownUnit] = unit === 'MB' && value < 1 ? [value * 1000, 'kB'] : [value, unit];
  return `${Number(shown.toPrecision(3))}\u00a0${shownUnit}`;
}

function showRows(value: number | null): string {
  return value === null ? 'not measured' : groupDigits(String(Math.round(Number(value.toPrecision(3)))));
}

/** Every cost of every algorithm; beside the reference for the one that was measured so. */
export function costTable(costs: Proposal['costs']): Block {
  const reference = Object.values(costs).find(({ relative }) => relative)?.relative?.to;
  const headers = [...costColumns, ...(reference === undefined ? [] : [`p95 in times of ${reference}`])];
  return {
    kind: 'table',
    columns: [{ header: 'Model' }, ...headers.map(header => ({ header, align: 'right' as const }))],
    rows: Object.entries(costs).map(([name, cost]) => {
      const ratio = cost.relative?.latency_regression;
      const beside = reference === undefined ? [] : [ratio ? showRatio(ratio) : 'not measured'];
      return { cells: [name, ...costCells(cost), ...beside] };
    }),
  };
}
