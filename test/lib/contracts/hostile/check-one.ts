// Checks one file against a contract without rules, in a process whose memory can be counted: prints what was found, or why
// it could not be checked, and the most memory that was used.
import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { openPartials } from '#lib/contracts/run/partials.ts';
import { validateContract } from '#lib/contracts/validate.ts';
import { errorMessage } from '#lib/errors.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';

const [file = '', contract = 'one.odcs.yaml', partials] = process.argv.slice(2);
const root = dirname(file);
if (contract === 'one.odcs.yaml') {
  const head = { apiVersion: 'v3.1.0', kind: 'DataContract', id: 'one', version: '1.0.0', status: 'active' };
  writeFileSync(
    join(root, contract),
    JSON.stringify({ ...head, schema: [{ name: 't', properties: [{ name: 'n' }] }] }),
  );
}
const engine = await openDuckDb();
const result = await validateContract({
  ...{ root, contract, path: basename(file), engine },
  ...(partials !== undefined && { partials: openPartials(partials) }),
}).catch((error: unknown) => ({ message: errorMessage(error) }));
engine.close();
process.stdout.write(JSON.stringify({ ...result, mebibytes: process.resourceUsage().maxRSS / 1024 }));
