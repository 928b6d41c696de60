// What every question to GitHub needs to know: the client, the repository there, and the same repository as git has it.
import type { Client } from '#lib/forge/github/client.ts';
import type { Repository } from '#lib/git/repository.ts';

export interface Place {
  readonly client: Client;
  readonly owner: string;
  readonly repo: string;
  readonly repository: Repository;
}

/** The first parameters of nearly every route. */
export function here({ owner, repo }: Pick<Place, 'owner' | 'repo'>): {
  readonly owner: string;
  readonly repo: string;
} {
  return { owner, repo };
}
