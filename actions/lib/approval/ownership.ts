// Whether somebody is one of a line's owners. A team that could not be read makes nobody an owner, and nobody else.
import {
  type ApprovalRequest,
  foldName,
  isUnreadable,
  type Team,
  type Unreadable,
} from '#lib/approval/request.ts';

/** Teams and writers, ready to be asked. */
export interface Directory {
  readonly teams: ReadonlyMap<string, Team | Unreadable>;
  readonly writers: ReadonlySet<string>;
}

/** The directory of a request; unreadable writers are nobody. */
export function openDirectory({ teams, writers }: ApprovalRequest): Directory {
  return {
    teams: new Map(Object.entries(teams).map(([name, team]) => [foldName(name.replace(/^@/u, '')), team])),
    writers: new Set(isUnreadable(writers) ? [] : writers.map(foldName)),
  };
}

/** How this login owns: by name, or through a team; undefined when it does not, as far as can be read. */
export function findOwnership(
  owners: readonly string[],
  login: string,
  directory: Directory,
): { readonly team?: string } | undefined {
  const name = foldName(login);
  if (owners.some(owner => foldName(owner) === `@${name}`)) return {};
  const team = owners.find(owner => isMember(teamOf(owner, directory), name));
  return team === undefined ? undefined : { team };
}

/** The teams among these owners whose members are not known, each with the reason. */
export function unreadableTeams(owners: readonly string[], directory: Directory): readonly string[] {
  return owners.flatMap(owner => {
    const team = teamOf(owner, directory);
    return isUnreadable(team) ? [`the members of ${owner} could not be read (${team.unreadable})`] : [];
  });
}

/** The owners no account can be matched with. */
export function addressesAmong(owners: readonly string[]): readonly string[] {
  return owners.filter(owner => !owner.startsWith('@'));
}

function teamOf(owner: string, directory: Directory): Team | Unreadable | undefined {
  if (!owner.startsWith('@') || !owner.includes('/')) return undefined;
  return directory.teams.get(foldName(owner.slice(1))) ?? { unreadable: 'nobody wrote them down' };
}

function isMember(team: Team | Unreadable | undefined, name: string): boolean {
  if (!team || isUnreadable(team)) return false;
  const has = (logins: readonly string[] = []) => logins.some(login => foldName(login) === name);
  return has(team.members) && !has(team.pending);
}
