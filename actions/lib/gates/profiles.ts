// Profiles: sets of gates under one name, so that a new model starts with what a careful team would ask. A gate of model.yaml
// on the same metric and condition takes the place of the profile's; no profile sets the floor of the primary metric,
// which only its owners know.
import { type Gate, gateSchema } from '#lib/gates/declared.ts';

export const profileNames = ['default', 'low-latency'] as const;

interface Judged {
  readonly task: string;
  readonly profile?: (typeof profileNames)[number] | undefined;
  readonly evaluation: { readonly primary: string };
  readonly gates: readonly Gate[];
}

/** All gates of a model: its profile's, then its own as written. */
export function gatesOf({ task, profile, evaluation, gates }: Judged): readonly Gate[] {
  if (profile === undefined) return gates;
  const own = new Set(gates.map(placeOf));
  const isBinary = task === 'binary-classification';
  const all = [
    ...common(evaluation.primary),
    ...fairness(task),
    ...(profile === 'low-latency' ? lowLatency(isBinary) : relaxed),
  ];
  return [...all.map(gate => gateSchema.parse(gate)).filter(gate => !own.has(placeOf(gate))), ...gates];
}

/** Two gates with the same place ask the same question with another bound. */
function placeOf({ metric, group, slices, severity, ...gate }: Gate): string {
  const condition = ['atMost', 'atLeast', 'notWorseThan', 'betterThan'].find(
    key => gate[key as 'atMost'] !== undefined,
  );
  const reference = gate.notWorseThan ?? gate.betterThan ?? '';
  return [metric, condition, reference, group ?? '', slices?.join() ?? '', severity].join(' ');
}

type Asked = Readonly<Record<string, unknown>>;

function common(primary: string): readonly Asked[] {
  return [
    { metric: primary, notWorseThan: 'champion', margin: { relative: 0.02 } },
    { metric: primary, betterThan: 'trivial' },
    { metric: 'latency_regression', atMost: 2 },
    { metric: 'latency_regression', atMost: 1.1, severity: 'warn' },
    { metric: 'throughput_regression', atMost: 2, severity: 'warn' },
    { metric: 'model_size_mb', atMost: 50 },
    { metric: 'memory_mb', atMost: 1000 },
    { metric: 'prediction_stability', atLeast: 0.9 },
    { metric: 'importance_drift', atMost: 0.15, severity: 'warn' },
    { metric: 'card_completeness', atLeast: 1 },
    { metric: 'interface_changes', atMost: 0, severity: 'warn' },
  ];
}

/** The four-fifths rule of the Uniform Guidelines on Employee Selection Procedures (29 CFR 1607.4 D, 1978), and errors alike. */
function fairness(task: string): readonly Asked[] {
  if (task === 'regression') return [{ metric: 'error_ratio', atMost: 1.25 }];
  if (task === 'multiclass-classification') return [{ metric: 'accuracy_difference', atMost: 0.1 }];
  return [
    { metric: 'demographic_parity_ratio', atLeast: 0.8 },
    { metric: 'equalized_odds_difference', atMost: 0.2 },
  ];
}

const relaxed: readonly Asked[] = [{ metric: 'latency_p95_ms', atMost: 500 }];

/** For decisions while somebody waits, such as at a till. Availability and the share of bad outcomes are of production. */
function lowLatency(isBinary: boolean): readonly Asked[] {
  const times = [
    { metric: 'latency_p95_ms', atMost: 50 },
    { metric: 'latency_p99_ms', atMost: 100 },
  ];
  if (!isBinary) return times;
  return [...times, { metric: 'recall', atLeast: 0.98 }, { metric: 'false_positive_rate', atMost: 0.001 }];
}
