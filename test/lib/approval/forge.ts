// A forge that lives through random events, and the request for approval it would make at any moment.
import type { ApprovalRequest, ChangedFile, Review, Team } from '#lib/approval/request.ts';
import { digestSubject, type SubjectFile } from '#lib/approval/subject.ts';
import { baseTree, bot, type Event, lines, liveAuthor, opener, people, type Tree } from './history.ts';

/** What is set for the environment. */
export interface Settings {
  readonly requireOwner: 'every path' | 'owned paths';
  readonly allowAuthor: boolean;
  readonly approvalsNeeded: number;
}

export interface Commit {
  readonly id: string;
  readonly tree: Tree;
  readonly authors: readonly string[];
}

/** The forge: lists in the order things happened, reviews changed in place when dismissed, as GitHub does. */
export interface Forge {
  readonly commits: Commit[];
  /** Commits it can still show; forced pushes lose some. */
  readonly known: Map<string, Tree>;
  readonly reviews: Review[];
  /** The lines of base's CODEOWNERS, as places in `lines`. */
  owners: readonly number[];
  pushes: number;
  lastPusher: string;
  isTeamHidden: boolean;
  readonly team: { readonly members: Set<string>; readonly pending: Set<string> };
  readonly writers: Set<string>;
}

/** A forge on which Dan has just opened a change of one model. */
export function openForge(): Forge {
  const forge: Forge = {
    commits: [],
    known: new Map(),
    reviews: [],
    owners: [0, 2, 8],
    pushes: 0,
    lastPusher: opener,
    isTeamHidden: false,
    team: { members: new Set(['ben', bot]), pending: new Set() },
    writers: new Set([...people, bot]),
  };
  pushTree(forge, { ...baseTree, 'models/m/model.yaml': '1' }, [opener]);
  return forge;
}

function pushTree(forge: Forge, tree: Tree, authors: readonly string[]): void {
  const commit = { id: `c${forge.pushes++}`, tree, authors };
  forge.commits.push(commit);
  forge.known.set(commit.id, tree);
  forge.lastPusher = authors[0] ?? opener;
}

function without(tree: Tree, name: string): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([other]) => other !== name));
}

function put(set: Set<string>, who: string, isIn: boolean): void {
  if (isIn) set.add(who);
  else set.delete(who);
}

type Handlers = {
  readonly [Kind in Event['kind']]: (
    forge: Forge,
    event: Extract<Event, { kind: Kind }>,
    minute: number,
  ) => void;
};

const handlers: Handlers = {
  push: (forge, { who, with: other, name, content }) => {
    const rest = without(forge.commits.at(-1)!.tree, name);
    pushTree(forge, content === null ? rest : { ...rest, [name]: content }, other ? [who, other] : [who]);
  },
  rename: (forge, { who, from, to }) => {
    const { tree } = forge.commits.at(-1)!;
    const moved = tree[from];
    if (moved !== undefined) pushTree(forge, { ...without(tree, from), [to]: moved }, [who]);
  },
  force: (forge, { who, drop, isRewritten, isForgotten }) => {
    const dropped = forge.commits.splice(Math.max(1, forge.commits.length - drop));
    if (isRewritten) {
      const last = forge.commits.pop()!;
      pushTree(forge, last.tree, last.authors);
      dropped.push(last);
    }
    if (isForgotten) for (const { id } of dropped) forge.known.delete(id);
    forge.lastPusher = who;
  },
  review: (forge, { who, state, back }, minute) => {
    const { id } = forge.commits[placeSeen(forge, back)]!;
    const submittedAt = `2026-03-01T00:${String(minute).padStart(2, '0')}:00Z`;
    const user = who && minute % 2 ? who.toUpperCase() : who;
    const type = who === bot ? 'Bot' : who && 'User';
    forge.reviews.push({ user, type, state, commit: id, submittedAt });
  },
  dismiss: (forge, { at }) => {
    const review = forge.reviews[at];
    if (review && review.state !== 'COMMENTED') forge.reviews[at] = { ...review, state: 'DISMISSED' };
  },
  owners: (forge, event) => {
    forge.owners = event.lines;
  },
  hide: (forge, { isHidden }) => {
    forge.isTeamHidden = isHidden;
  },
  team: ({ team }, { who, as }) => {
    put(team.members, who, as === 'member' || as === 'both');
    put(team.pending, who, as === 'pending' || as === 'both');
  },
  writer: ({ writers }, { who, mayWrite }) => put(writers, who, mayWrite),
};

/** Most reviews look at the head, some at a commit of before; as a place among the commits. */
export function placeSeen({ commits }: Forge, back: number): number {
  return back > 3 && back < commits.length ? back : commits.length - 1;
}

/** What the event does to the lists of the forge. */
export function happen<Kind extends Event['kind']>(
  forge: Forge,
  event: Extract<Event, { kind: Kind }>,
  minute: number,
): void {
  const handle = handlers[event.kind] as (forge: Forge, event: Event, minute: number) => void;
  handle(forge, event, minute);
}

/** Changed files as a forge lists them: a name that went and one that came with the same content are one rename. */
function listFiles(tree: Tree): readonly ChangedFile[] {
  const gone = Object.keys(baseTree).filter(name => tree[name] === undefined);
  return [
    ...Object.keys(tree)
      .filter(name => tree[name] !== baseTree[name])
      .map((path): ChangedFile => {
        if (baseTree[path] !== undefined) return { path, status: 'modified' };
        const index = gone.findIndex(name => baseTree[name] === tree[path]);
        const [previousPath] = index < 0 ? [] : gone.splice(index, 1);
        return previousPath ? { path, previousPath, status: 'renamed' } : { path, status: 'added' };
      }),
    ...gone.map(path => ({ path, status: 'removed' })),
  ].filter(({ path }, index, all) => all.findIndex(other => other.path === path) === index);
}

function digestTree(tree: Tree): string {
  const files = listFiles(tree).flatMap(({ path, previousPath }): SubjectFile[] => [
    { path, blob: tree[path] ?? null },
    ...(previousPath ? [{ path: previousPath, blob: null }] : []),
  ]);
  return digestSubject({ files, promotions: [] });
}

/** The request for approval at this moment. */
export function toRequest(forge: Forge, settings: Settings): ApprovalRequest {
  const head = forge.commits.at(-1)!;
  const { members, pending } = forge.team;
  const team: Team = { members: [...members], pending: [...pending] };
  return {
    ...settings,
    codeowners: forge.owners.length > 0 ? forge.owners.map(line => lines[line]?.text).join('\n') : undefined,
    teams: { 'org/team': forge.isTeamHidden ? { unreadable: 'HTTP 404' } : team },
    writers: [...forge.writers],
    author: { login: opener, type: 'User' },
    contributors: [liveAuthor, ...forge.commits.flatMap(({ authors }) => authors)],
    lastPusher: forge.lastPusher,
    head: head.id,
    files: listFiles(head.tree),
    filesComplete: true,
    reviews: forge.reviews.toReversed(),
    reviewsComplete: true,
    subject: digestTree(head.tree),
    subjectAt: Object.fromEntries([...forge.known].map(([id, tree]) => [id, digestTree(tree)])),
  };
}
