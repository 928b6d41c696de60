// Which remotes work here: DVC knows more kinds, and a repository may name them for those who use dvc itself.
import { say } from '../say.ts';

/** Schemes of addresses that objects can be sent to; without one it is a folder. */
const KNOWN = new Set(['s3', 'remote']);

/** Says so on standard error when only DVC can use the address. */
export function warnOfKind(url: string): void {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//iu.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined || KNOWN.has(scheme)) return;
  say(
    'note',
    `remotes at ${scheme}:// work only with dvc itself: mainline has folders and s3://`,
    process.stderr,
  );
}
