// The two branches everything is read from, by their full names.
import type { Heads } from '#lib/flows/serve/source.ts';
import { readGit } from '#lib/git/command.ts';

export const MAIN_REF = 'refs/heads/main';
export const STATE_REF = 'refs/heads/mainline/state';

/**
 * Where they stand in a git directory; one git process.
 * @throws ConfigurationError when the directory cannot be read
 */
export async function readHeads(directory: string): Promise<Heads> {
  const format = '--format=%(objectname) %(refname)';
  return parseHeads(
    await readGit(directory, [`--git-dir=${directory}`, 'for-each-ref', format, MAIN_REF, STATE_REF]),
  );
}

/** Of lines with an id, a space or tab, and the name of a ref. */
export function parseHeads(text: string): Heads {
  const refs = new Map(
    text.split('\n').map(line => {
      const [id = '', name = ''] = line.split(/\s/u);
      return [name, id] as const;
    }),
  );
  return { main: refs.get(MAIN_REF), state: refs.get(STATE_REF) };
}
