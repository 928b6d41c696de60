// The tags that release writes, read by the real GTO: every version, in the order of their numbers.
// Run: node .github/scripts/interop-gto.ts
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTeam } from '../../test/support/team.ts';

const PACKAGE = 'gto==1.10.1';
const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

async function installGto(environment: string): Promise<string> {
  const python = join(environment, 'bin/python');
  const installed = await run(python, ['-m', 'pip', 'freeze']).catch(() => ({ stdout: '' }));
  if (!installed.stdout.includes(PACKAGE)) {
    await run('python3', ['-m', 'venv', environment]);
    await run(python, ['-m', 'pip', 'install', '--quiet', PACKAGE]);
  }
  return join(environment, 'bin/gto');
}

interface Shown {
  readonly [artifact: string]: { readonly version: string; readonly registered: boolean } | undefined;
}

/** True when GTO shows the newest version after each release. */
export async function interopGto(): Promise<boolean> {
  const gto = await installGto(join(root, '.mainline/venv-gto'));
  const team = await createTeam();
  await team.propose('first', async () => undefined);
  await team.land('first');
  await team.release();
  const seen: string[] = [];
  const look = async (): Promise<void> => {
    team.work.git('fetch', '--quiet', '--tags');
    const { stdout } = await run(gto, ['show', '--json'], { cwd: team.work.root });
    seen.push((JSON.parse(stdout) as Shown).parcels?.version ?? 'nothing');
  };
  await look();
  for (const lambda of [2, 3]) {
    const params = 'pipelines/parcels/params.yaml';
    await team.propose(`lambda-${lambda}`, async () => {
      const text = (await team.work.read(params)).replace(/ *linear: .*\n/u, '');
      await team.work.write(params, `${text}    linear: {lambda: ${lambda}}\n`);
    });
    await team.land(`lambda-${lambda}`);
    await team.release();
    await look();
  }
  const expected = ['v1.0.0+0', 'v1.0.1+0', 'v1.0.2+0'];
  const isSame = JSON.stringify(seen) === JSON.stringify(expected);
  process.stdout.write(`${isSame ? 'same  ' : 'DIFFER'} GTO shows ${seen.join(', ')}\n`);
  return isSame;
}

if (import.meta.main) process.exitCode = (await interopGto()) ? 0 : 1;
