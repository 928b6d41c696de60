// Holds our reading of data contracts against the official JSON Schemas of ODCS, on thousands of contracts.
// Run: node .github/scripts/interop-odcs.ts
import { pathToFileURL } from 'node:url';
import { brokenContracts, compareVerdicts, wholeContracts } from '../../test/interop/odcs-compare.ts';
import { differences } from '../../test/interop/odcs-differences.ts';
import { officialJudge } from '../../test/interop/odcs-judge.ts';

const PER_CONTRACT = 200;
const SEEDS = [1, 2, 3];

/** True when all judges agree on all contracts, whole and broken, but for the differences that are listed. */
export async function interopOdcs(): Promise<boolean> {
  const whole = wholeContracts();
  const official = officialJudge();
  const refused = whole
    .filter(({ document }) => official(document).length > 0)
    .map(({ name }) => `${name} is refused`);
  const broken = SEEDS.flatMap(seed => brokenContracts(whole, { count: PER_CONTRACT, seed }));
  const { problems, met, refused: invalid } = compareVerdicts([...whole, ...broken]);
  for (const problem of [...refused, ...problems]) console.log(`DIFFER ${problem}`);
  for (const { name, reason } of differences)
    console.log(`meant ${met.get(name) ?? 0} times: ${name} (${reason})`);
  console.log(
    `ODCS: ${whole.length} contracts, ${broken.length} broken in one place (${invalid} of them invalid): ` +
      `${problems.length + refused.length} differences`,
  );
  return problems.length + refused.length === 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (!(await interopOdcs())) process.exitCode = 1;
}
