// mainline doctor: what is set up, what is missing, and what could not be looked at.
import type { Command } from 'commander';
import { where } from './options.ts';
import { type Mark, say, sayJson } from './say.ts';

type Finding = import('#lib/flows/doctor-forge.ts').Finding;

const MARKS: Readonly<Record<Finding['outcome'], Mark>> = {
  ok: 'done',
  missing: 'stopped',
  'not verified': 'note',
};

/** Adds the verb. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check what the repository and its forge have to be set to; it only reads')
    .option('--json', 'print the findings as JSON')
    .addHelpText(
      'after',
      `
The forge is asked where GITHUB_REPOSITORY (owner/name) and GITHUB_TOKEN say whom and how. What the token may not
read is "not verified", which is no "ok".

Exit codes:
  0  nothing is missing
  1  something is missing
  2  something has to be mended first

Examples:
  mainline doctor
  GITHUB_REPOSITORY=acme/shop GITHUB_TOKEN=$(gh auth token) mainline doctor --json`,
    )
    .action(async (options: { readonly json?: boolean }, command: Command) => {
      const { doctor } = await import('#lib/flows/doctor.ts');
      const { openSettings, readAccess } = await import('#lib/flows/access.ts');
      const access = readAccess(process.env);
      const findings: Finding[] = [];
      for await (const finding of doctor({ ...where(command), settings: access && openSettings(access) })) {
        findings.push(finding);
        if (!options.json) tell(finding);
      }
      process.exitCode = findings.some(({ outcome }) => outcome === 'missing') ? 1 : 0;
      if (options.json) return sayJson(findings);
      const unverified = findings
        .filter(({ outcome }) => outcome === 'not verified')
        .reduce((sum, { things }) => sum + things, 0);
      if (unverified > 0) say('note', `${count(unverified)} not verified: ${access ? AS_SAID : WITH_TOKEN}`);
    });
}

const AS_SAID = 'each line above says why, and what to do';
const WITH_TOKEN =
  'run it again with GITHUB_REPOSITORY=owner/name and GITHUB_TOKEN, for example GITHUB_TOKEN=$(gh auth token)';

const count = (things: number): string => (things === 1 ? '1 thing was' : `${things} things were`);

function tell({ what, outcome, found, remedy }: Finding): void {
  const state = outcome === 'ok' ? found : `${outcome}: ${found}`;
  say(MARKS[outcome], `${what}: ${state}${remedy === null ? '' : `\n-> ${remedy}`}`);
}
