// GET /metrics in Prometheus' text format 0.0.4: counts since the process began, and what the table says now.
import { LATENCY_BOUNDS, type VersionCounts } from '#lib/serving/counts.ts';
import type { Mirror } from '#lib/serving/mirror.ts';
import type { ServedModel, ServingTable } from '#lib/serving/table.ts';
import type { Totals } from '#lib/serving/totals.ts';

interface MetricsInput {
  readonly table: ServingTable;
  readonly totals: Totals;
  readonly mirror: Mirror;
}

type Labels = Readonly<Record<string, string>>;
interface Sample {
  readonly suffix?: string;
  readonly labels: Labels;
  readonly value: number;
}

/** The whole page. */
export function formatMetrics({ table, totals, mirror }: MetricsInput): string {
  const models = [...table.models.values()];
  const answers = collect(totals, 'answers');
  const copies = collect(totals, 'copies');
  return [
    family(
      'mainline_requests_total',
      ['counter', 'Requests by version and how they ended.'],
      outcomes(answers),
    ),
    family(
      'mainline_request_seconds',
      ['histogram', 'From the whole request to its answer.'],
      latencies(answers),
    ),
    family(
      'mainline_mirror_requests_total',
      ['counter', 'Copies by version and how they ended.'],
      outcomes(copies),
    ),
    family('mainline_mirror_request_seconds', ['histogram', 'What the copies took.'], latencies(copies)),
    family(
      'mainline_mirror_dropped_total',
      ['counter', 'Copies not sent because too many were under way.'],
      [{ labels: {}, value: mirror.dropped() }],
    ),
    family(
      'mainline_traffic_percent',
      ['gauge', 'Share of requests a version answers.'],
      models.flatMap(shares),
    ),
    family(
      'mainline_model_problem',
      ['gauge', '1 while a newer state of the model is not obeyed.'],
      models.map(({ name, problem }) => ({ labels: { model: name }, value: problem ? 1 : 0 })),
    ),
  ].join('');
}

interface Counted {
  readonly labels: Labels;
  readonly counts: VersionCounts;
}

function collect(totals: Totals, kind: 'answers' | 'copies'): readonly Counted[] {
  return [...totals.all()].flatMap(([model, counts]) =>
    [...counts[kind].read()].map(([version, read]) => ({ labels: { model, version }, counts: read })),
  );
}

function outcomes(counted: readonly Counted[]): readonly Sample[] {
  return counted.flatMap(({ labels, counts: { requests, errors, refused } }) => [
    { labels: { ...labels, outcome: 'answered' }, value: requests - errors },
    { labels: { ...labels, outcome: 'error' }, value: errors },
    { labels: { ...labels, outcome: 'refused' }, value: refused },
  ]);
}

function latencies(counted: readonly Counted[]): readonly Sample[] {
  return counted.flatMap(({ labels, counts: { latency, totalSeconds, requests } }) => {
    let sum = 0;
    const buckets = latency.map((count, index) => {
      sum += count;
      const le = String(LATENCY_BOUNDS[index] ?? '+Inf');
      return { suffix: '_bucket', labels: { ...labels, le }, value: sum };
    });
    return [
      ...buckets,
      { suffix: '_sum', labels, value: totalSeconds },
      { suffix: '_count', labels, value: requests },
    ];
  });
}

function shares({ name, route }: ServedModel): readonly Sample[] {
  return Object.entries(route?.traffic ?? {}).map(([version, value]) => ({
    labels: { model: name, version },
    value,
  }));
}

function family(name: string, [type, help]: readonly [string, string], samples: readonly Sample[]): string {
  const lines = samples.map(
    ({ suffix = '', labels, value }) => `${name}${suffix}${formatLabels(labels)} ${value}\n`,
  );
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

/** Label values are names and versions, yet quoted as the format asks. */
function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value.replace(/["\\\n]/gu, '_')}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
