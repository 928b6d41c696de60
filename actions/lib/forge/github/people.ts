// Teams and the right to write. The token of a workflow cannot read teams, and GitHub then answers as if there were
// none: that is "cannot be read", never "not a member".
import type { People, Unreadable, WantedPeople } from '#lib/forge/forge.ts';
import { memberAnswerSchema, permissionAnswerSchema } from '#lib/forge/github/answers.ts';
import { ask, askAll, isRefusal } from '#lib/forge/github/ask.ts';
import { here, type Place } from '#lib/forge/github/place.ts';

const MAY_WRITE: ReadonlySet<string> = new Set(['admin', 'maintain', 'write']);

/** @throws GitHubError when GitHub does not answer; a refusal is an answer that nobody could read. */
export async function readPeople(place: Place, { teams, users }: WantedPeople): Promise<People> {
  const read: [string, People['teams'][string]][] = [];
  for (const team of teams) read.push([team, await readTeam(place, team)]);
  return { teams: Object.fromEntries(read), writers: await readWriters(place, users) };
}

async function readTeam(place: Place, team: string): Promise<People['teams'][string]> {
  const [org = '', slug = ''] = team.split('/');
  if (org.toLowerCase() !== place.owner.toLowerCase()) {
    return { unreadable: `it is no team of ${place.owner}, whose repository this is` };
  }
  try {
    const { items, isComplete } = await askAll(place.client, {
      route: 'GET /orgs/{org}/teams/{team_slug}/members',
      parameters: { org, team_slug: slug },
      answer: memberAnswerSchema,
      ...{ to: `read the team ${team}`, needs: 'members: read of the organisation' },
    });
    return isComplete
      ? { members: items.map(({ login }) => login) }
      : { unreadable: 'it has too many members' };
  } catch (error) {
    if (!isRefusal(error, 403, 404)) throw error;
    return {
      unreadable: `there is none, or the token may not see it: that needs members: read of the organisation`,
    };
  }
}

async function readWriters(place: Place, users: readonly string[]): Promise<readonly string[] | Unreadable> {
  const writers: string[] = [];
  for (const username of users) {
    // GitHub knows no permission of its machines, and none of them approves.
    if (username.endsWith('[bot]')) continue;
    try {
      const { permission } = await ask(place.client, {
        route: 'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
        parameters: { ...here(place), username },
        answer: permissionAnswerSchema,
        ...{ to: `read what @${username} may do`, needs: 'metadata: read' },
      });
      if (MAY_WRITE.has(permission)) writers.push(username);
    } catch (error) {
      if (!isRefusal(error, 403, 404)) throw error;
      return { unreadable: `GitHub does not tell what @${username} may do` };
    }
  }
  return writers;
}
