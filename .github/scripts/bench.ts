// npm run bench [name...]: side-by-side tables of ours and the peers. Timings are measured here and nowhere in tests.

interface Benchmark {
  readonly about: string;
  /** Prints its table; false when a number is not reached. */
  readonly run: () => Promise<boolean>;
}

/** One line per benchmark: a script that can also be run alone. */
const benchmarks: Readonly<Record<string, Benchmark>> = {
  actions: {
    about:
      'cold start of every action’s bundle, all of them for a proposal that changes nothing, and calls of the API',
    run: benchActions,
  },
  accuracy: {
    about: 'our trainers beside scikit-learn and XGBoost on four real tables, 5 folds',
    run: benchAccuracy,
  },
  contracts: {
    about:
      'a contract’s whole check set on five million rows, beside datacontract-cli, Great Expectations and pandas',
    run: benchContracts,
  },
  dvc: {
    about:
      'every verb whose time is felt beside the real DVC, each in its own copy of one repository, in turn',
    run: benchDvc,
  },
  evaluation: {
    about: 'a million rows: twenty metrics with intervals beside scikit-learn with a thousand bootstraps',
    run: benchEvaluation,
  },
  latency: {
    about: 'what the gate on latency says of models of known speed, alone and while every processor is busy',
    run: benchLatency,
  },
  scoring: {
    about: 'what our Scorer adds to onnxruntime, a million rows',
    run: benchScoring,
  },
  rollback: {
    about: 'from the commit that reverts a promotion to the last answer of the reverted version, under load',
    run: benchRollback,
  },
};

async function benchAccuracy(): Promise<boolean> {
  const { benchAccuracy: measure, formatAccuracy } = await import('./bench-accuracy.ts');
  const results = await measure();
  process.stdout.write(formatAccuracy(results));
  return results.every(({ passed }) => passed);
}

async function benchActions(): Promise<boolean> {
  const {
    benchActions: measure,
    benchCalls,
    formatActions,
    formatCalls,
  } = await import('./bench-actions.ts');
  const rows = await measure();
  process.stdout.write(formatActions(rows));
  const counts = await benchCalls();
  process.stdout.write(formatCalls(counts));
  return (
    rows.every(({ seconds, limit }) => seconds <= limit) && counts.every(({ calls, limit }) => calls <= limit)
  );
}

async function benchContracts(): Promise<boolean> {
  const { benchContracts: measure, keepsContracts } = await import('./bench-contracts/bench.ts');
  return keepsContracts(await measure());
}

async function benchDvc(): Promise<boolean> {
  const { benchDvc: measure, keepsDvc } = await import('./bench-dvc/bench.ts');
  return keepsDvc(await measure());
}

async function benchEvaluation(): Promise<boolean> {
  const {
    benchEvaluation: measure,
    formatEvaluation,
    keepsEvaluation,
  } = await import('./bench-evaluation.ts');
  const result = await measure();
  process.stdout.write(formatEvaluation(result));
  return keepsEvaluation(result);
}

async function benchLatency(): Promise<boolean> {
  const { benchLatency: measure, formatLatency } = await import('./bench-latency.ts');
  const rows = await measure();
  process.stdout.write(formatLatency(rows));
  return rows.every(({ flips }) => flips === 0);
}

async function benchScoring(): Promise<boolean> {
  const { benchScoring: measure, formatScoring, keepsScoring } = await import('./bench-scoring.ts');
  const results = await measure();
  process.stdout.write(formatScoring(results));
  return keepsScoring(results);
}

async function benchRollback(): Promise<boolean> {
  const { benchRollback: measure, formatRollback } = await import('./bench-rollback.ts');
  const rows = await measure();
  process.stdout.write(formatRollback(rows));
  return rows.every(({ passed }) => passed);
}

const asked = process.argv.slice(2);
const unknown = asked.filter(name => !(name in benchmarks));
if (unknown.length > 0) {
  const list = Object.entries(benchmarks).map(([name, { about }]) => `  ${name}: ${about}\n`);
  process.stderr.write(`There is no benchmark ${unknown.join(', ')}. There are:\n${list.join('')}`);
  process.exitCode = 2;
} else {
  for (const [name, { about, run }] of Object.entries(benchmarks)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    process.stdout.write(`\n${name}: ${about}\n\n`);
    if (!(await run())) process.exitCode = 1;
  }
}
