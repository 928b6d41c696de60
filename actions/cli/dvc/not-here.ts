// Verbs of DVC that Mainline does not have. They work beside ours, on the same files, so the answer is where to go.
import { ConfigurationError } from '#lib/errors.ts';
import { EXIT } from './verb.ts';

const DVC_ONLY = new Set([
  ...['artifacts', 'completion', 'destroy', 'doctor', 'du', 'exp', 'experiments', 'get', 'get-url'],
  ...[
    'import',
    'import-db',
    'import-url',
    'install',
    'list-url',
    'ls-url',
    'plots',
    'queue',
    'studio',
    'update',
  ],
]);

/** What there is instead, where there is something. */
const INSTEAD: Readonly<Record<string, string>> = {
  'cache dir': 'mainline dvc config cache.dir',
  doctor: 'mainline doctor, or mainline dvc version',
  du: 'mainline dvc ls . --recursive --size',
};

/** @throws ConfigurationError for a verb that only DVC has; the words are without options */
export function refuseDvcOnly([first = '', second]: readonly string[]): void {
  const two = `${first} ${second}`;
  const name = Object.hasOwn(INSTEAD, two) ? two : DVC_ONLY.has(first) ? first : undefined;
  if (name === undefined) return;
  const instead = INSTEAD[name] === undefined ? '' : `${INSTEAD[name]}; or `;
  const refusal = new ConfigurationError(`${name} is not in Mainline`, {
    remedy: `Use ${instead}dvc itself: dvc ${name}. See COMING-FROM-DVC.md.`,
  });
  throw Object.assign(refusal, { exitCode: EXIT.usage });
}
