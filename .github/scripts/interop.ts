// npm run interop [name...] [-- --minutes <n>]: the same files under the real peers, which a virtual environment brings
// (needs Python 3). After so many minutes none is begun any more: those left out are named.
import { parseArgs } from 'node:util';

interface Interop {
  readonly about: string;
  readonly run: () => Promise<boolean>;
}

/** One line per peer: a script that can also be run alone. Those that take longest come last. */
const peers: Readonly<Record<string, Interop>> = {
  examples: {
    about: 'the worked examples are up to date for DVC after mainline propose',
    run: async () => (await import('./interop-examples.ts')).interopExamples(),
  },
  gto: {
    about: 'the tags of released versions as GTO reads them',
    run: async () => (await import('./interop-gto.ts')).interopGto(),
  },
  zizmor: {
    about: 'workflows and actions under zizmor',
    run: async () => (await import('./interop-zizmor.ts')).interopZizmor(),
  },
  odcs: {
    about: 'data contracts beside the official JSON Schema',
    run: async () => (await import('./interop-odcs.ts')).interopOdcs(),
  },
  dvc: { about: 'one pipeline with Mainline and DVC in turn, byte for byte', run: runDvc },
  contracts: {
    about: 'data contracts and their data under datacontract-cli, check by check',
    run: async () => (await import('./interop-contracts.ts')).interopContracts(),
  },
  numbers: {
    about:
      'statistics, metrics, fairness and explanations beside scikit-learn, statsmodels, SciPy, fairlearn and shap',
    run: async () => (await import('./interop-numbers.ts')).interopNumbers(),
  },
  act: {
    about: 'a pull request through propose, verify, report and promote-gate, run whole by nektos/act',
    run: async () => (await import('./interop-act.ts')).interopAct(),
  },
};

async function runDvc(): Promise<boolean> {
  const checks = await (await import('./interop-dvc.ts')).interopDvc();
  for (const { name, passed, detail } of checks) {
    process.stdout.write(`${passed ? 'same  ' : 'DIFFER'} ${name}${passed ? '' : `\n  ${detail}`}\n`);
  }
  return checks.every(({ passed }) => passed);
}

const { values, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string' } },
});
const until = performance.now() + Number(values.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
const chosen = Object.entries(peers).filter(([name]) => asked.length === 0 || asked.includes(name));
const failed: string[] = [];
const leftOut: string[] = [];
for (const [name, { about, run }] of chosen) {
  const begun = performance.now();
  if (begun > until) {
    leftOut.push(name);
    continue;
  }
  process.stdout.write(`\n${name}: ${about}\n`);
  try {
    if (!(await run())) failed.push(name);
  } catch (error) {
    failed.push(name);
    process.stdout.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  }
  process.stdout.write(`${name} took ${Math.round((performance.now() - begun) / 1000)} s\n`);
}
if (failed.length > 0) process.stdout.write(`\nfailed: ${failed.join(', ')}\n`);
if (leftOut.length > 0) process.stdout.write(`\nout of time, not run: ${leftOut.join(', ')}\n`);
const passed = chosen.length - failed.length - leftOut.length;
process.stdout.write(`\n${passed} passed, ${failed.length} failed, ${leftOut.length} not run\n`);
process.exitCode = failed.length > 0 || passed === 0 ? 1 : 0;
