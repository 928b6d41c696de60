// npm run interop [name...]: the same files under the real peers, which a virtual environment brings (needs Python 3).

interface Interop {
  readonly about: string;
  readonly run: () => Promise<boolean>;
}

/** One line per peer: a script that can also be run alone. */
const peers: Readonly<Record<string, Interop>> = {
  act: {
    about: 'a pull request through propose, verify, report and promote-gate, run whole by nektos/act',
    run: async () => (await import('./interop-act.ts')).interopAct(),
  },
  contracts: {
    about: 'data contracts and their data under datacontract-cli, check by check',
    run: async () => (await import('./interop-contracts.ts')).interopContracts(),
  },
  dvc: { about: 'one pipeline with Mainline and DVC in turn, byte for byte', run: runDvc },
  examples: {
    about: 'the worked examples are up to date for DVC after mainline propose',
    run: async () => (await import('./interop-examples.ts')).interopExamples(),
  },
  gto: {
    about: 'the tags of released versions as GTO reads them',
    run: async () => (await import('./interop-gto.ts')).interopGto(),
  },
  numbers: {
    about:
      'statistics, metrics, fairness and explanations beside scikit-learn, statsmodels, SciPy, fairlearn and shap',
    run: async () => (await import('./interop-numbers.ts')).interopNumbers(),
  },
  odcs: {
    about: 'data contracts beside the official JSON Schema',
    run: async () => (await import('./interop-odcs.ts')).interopOdcs(),
  },
  zizmor: {
    about: 'workflows and actions under zizmor',
    run: async () => (await import('./interop-zizmor.ts')).interopZizmor(),
  },
};

async function runDvc(): Promise<boolean> {
  const checks = await (await import('./interop-dvc.ts')).interopDvc();
  for (const { name, passed, detail } of checks) {
    process.stdout.write(`${passed ? 'same  ' : 'DIFFER'} ${name}${passed ? '' : `\n  ${detail}`}\n`);
  }
  return checks.every(({ passed }) => passed);
}

const asked = process.argv.slice(2);
const chosen = Object.entries(peers).filter(([name]) => asked.length === 0 || asked.includes(name));
const failed: string[] = [];
for (const [name, { about, run }] of chosen) {
  process.stdout.write(`\n${name}: ${about}\n`);
  try {
    if (!(await run())) failed.push(name);
  } catch (error) {
    failed.push(name);
    process.stdout.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  }
}
if (failed.length > 0) process.stdout.write(`\nfailed: ${failed.join(', ')}\n`);
process.stdout.write(`\n${chosen.length - failed.length} passed, ${failed.length} failed\n`);
process.exitCode = failed.length > 0 || chosen.length === 0 ? 1 : 0;
