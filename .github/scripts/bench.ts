// npm run bench [name...]: side-by-side tables of ours and the peers. Timings are measured here and nowhere in tests.
import { pathToFileURL } from 'node:url';

/** One line per benchmark: a script that can also be run alone. */
const benchmarks: Readonly<Record<string, { readonly about: string; readonly run: () => Promise<boolean> }>> =
  {
    accuracy: {
      about: 'gradient boosting beside scikit-learn and XGBoost on four real tables',
      run: async () =>
        (await import('./bench-accuracy.ts'))
          .benchAccuracy()
          .then(results => results.every(({ passed }) => passed)),
    },
  };

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const asked = process.argv.slice(2);
  const unknown = asked.filter(name => !(name in benchmarks));
  if (unknown.length > 0) {
    const list = Object.entries(benchmarks).map(([name, { about }]) => `  ${name}: ${about}`);
    process.stderr.write(`There is no benchmark ${unknown.join(', ')}. There are:\n${list.join('\n')}\n`);
    process.exit(2);
  }
  let failed = 0;
  for (const [name, { about, run }] of Object.entries(benchmarks)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    process.stdout.write(`\n${name}: ${about}\n\n`);
    if (!(await run())) failed += 1;
  }
  process.exitCode = failed === 0 ? 0 : 1;
}
