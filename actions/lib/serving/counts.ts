// What each version did: plain counters, so that counting costs nothing beside the model and a reader can subtract.

/** Upper bounds in seconds, as Prometheus' own clients have them. */
export const LATENCY_BOUNDS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
];

/**
 * How a request ended: answered; failed by the model (`error`); or refused for what the caller sent (`refused`), which
 * says nothing about the version.
 */
export type Outcome = 'answered' | 'error' | 'refused';

/** What one version did. */
export interface VersionCounts {
  /** Answered and failed; refused ones are not among them. */
  readonly requests: number;
  readonly errors: number;
  readonly refused: number;
  /** Requests slower than so many milliseconds, by that number as text. */
  readonly slow: Readonly<Record<string, number>>;
  /** Requests per bound of LATENCY_BOUNDS, and those above all of them; not cumulated. */
  readonly latency: readonly number[];
  readonly totalSeconds: number;
}

/** Counters by version. */
export interface Counts {
  add(version: string, outcome: Outcome, durationMs: number): void;
  /** A copy as it stands. */
  read(): ReadonlyMap<string, VersionCounts>;
}

interface Counter {
  requests: number;
  errors: number;
  refused: number;
  readonly slow: Map<number, number>;
  readonly latency: number[];
  totalSeconds: number;
}

/** Starts at nothing. @param slowMs limits whose exceeding is counted exactly */
export function createCounts(slowMs: readonly number[] = []): Counts {
  const counters = new Map<string, Counter>();
  const start = (): Counter => ({
    ...{ requests: 0, errors: 0, refused: 0, totalSeconds: 0 },
    slow: new Map(slowMs.map(limit => [limit, 0])),
    latency: Array.from({ length: LATENCY_BOUNDS.length + 1 }, () => 0),
  });
  return {
    add: (version, outcome, durationMs) => {
      const counter = counters.get(version) ?? start();
      counters.set(version, counter);
      if (outcome === 'refused') counter.refused++;
      else addRequest(counter, outcome, durationMs);
    },
    read: () => new Map([...counters].map(([version, counter]) => [version, copy(counter)])),
  };
}

function addRequest(counter: Counter, outcome: Outcome, durationMs: number): void {
  counter.requests++;
  if (outcome === 'error') counter.errors++;
  for (const [limit, count] of counter.slow) if (durationMs > limit) counter.slow.set(limit, count + 1);
  const seconds = durationMs / 1000;
  const bucket = LATENCY_BOUNDS.findIndex(bound => seconds <= bound);
  const place = bucket < 0 ? LATENCY_BOUNDS.length : bucket;
  counter.latency[place] = (counter.latency[place] ?? 0) + 1;
  counter.totalSeconds += seconds;
}

function copy({ slow, latency, ...rest }: Counter): VersionCounts {
  const limits = [...slow].map(([limit, count]) => [String(limit), count] as const);
  return { ...rest, slow: Object.fromEntries(limits), latency: [...latency] };
}
