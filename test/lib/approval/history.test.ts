import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideApproval } from '#lib/approval/decide.ts';
import { type Forge, happen, openForge, placeSeen, type Settings, toRequest } from './forge.ts';
import { baseTree, bot, type Event, event, lines, liveAuthor, opener, type Tree } from './history.ts';

/** What the rules come to, kept up to date as things happen; knows no reviews, times, digests or patterns. */
interface Ledger {
  /** Who says yes now, and to what. */
  readonly yes: Map<string, { readonly commit: string; readonly picture: string }>;
  readonly no: Set<string>;
  /** The last opinion of each, by its place among the reviews. */
  readonly latest: Map<string, number>;
  readonly ghostNo: Set<number>;
}

/** The whole difference to base as one text. */
function pictureOf(tree: Tree): string {
  const all = [...new Set([...Object.keys(baseTree), ...Object.keys(tree)])].sort();
  return all
    .filter(name => tree[name] !== baseTree[name])
    .map(name => `${name}=${tree[name] ?? '(gone)'}`)
    .join('|');
}

/** Called before the forge changes its lists. */
function keep(ledger: Ledger, forge: Forge, event: Event): void {
  const forget = (who: string) => {
    ledger.yes.delete(who);
    ledger.no.delete(who);
  };
  if (event.kind === 'dismiss') {
    ledger.ghostNo.delete(event.at);
    for (const [who, at] of ledger.latest) if (at === event.at) forget(who);
  }
  if (event.kind !== 'review' || event.state === 'COMMENTED') return;
  const place = forge.reviews.length;
  if (event.who === null) {
    if (event.state === 'CHANGES_REQUESTED') ledger.ghostNo.add(place);
    return;
  }
  forget(event.who);
  ledger.latest.set(event.who, place);
  const { id: commit, tree } = forge.commits[placeSeen(forge, event.back)]!;
  if (event.state === 'APPROVED') ledger.yes.set(event.who, { commit, picture: pictureOf(tree) });
  else ledger.no.add(event.who);
}

interface Outcome {
  readonly approved: boolean;
  readonly selfApproved: boolean;
  /** Path to the names that approve it. */
  readonly by: Readonly<Record<string, readonly string[]>>;
}

function whoOwns(path: string, forge: Forge): { readonly names: Set<string>; readonly isUnclear: boolean } {
  let owners: readonly string[] = [];
  for (const index of forge.owners) if (lines[index]!.covers.test(path)) owners = lines[index]!.owners;
  const names = new Set(owners.filter(owner => owner !== 'team'));
  const isUnclear = owners.includes('team') && forge.isTeamHidden;
  if (owners.includes('team') && !forge.isTeamHidden) {
    for (const who of forge.team.members) if (!forge.team.pending.has(who)) names.add(who);
  }
  return { names, isUnclear };
}

function whoSaysYes(ledger: Ledger, forge: Forge, { allowAuthor }: Settings): Map<string, boolean> {
  const head = forge.commits.at(-1)!;
  const hands = new Set([opener, liveAuthor, forge.lastPusher, ...forge.commits.flatMap(it => it.authors)]);
  const said = new Map<string, boolean>();
  for (const [who, { commit, picture }] of ledger.yes) {
    const isSame = commit === head.id || (forge.known.has(commit) && picture === pictureOf(head.tree));
    if (isSame) said.set(who, hands.has(who));
  }
  const openerHasSpoken = ledger.latest.has(opener) && !ledger.yes.has(opener);
  if (allowAuthor && forge.lastPusher === opener && !openerHasSpoken) said.set(opener, true);
  for (const [who, isSelf] of said) {
    if (who === bot || !forge.writers.has(who) || (isSelf && !allowAuthor)) said.delete(who);
  }
  return said;
}

/** The decision at this moment, from the ledger. */
function conclude(ledger: Ledger, forge: Forge, settings: Settings): Outcome {
  const tree = forge.commits.at(-1)!.tree;
  const paths = Object.keys({ ...baseTree, ...tree }).filter(name => tree[name] !== baseTree[name]);
  if (forge.owners.length === 0 || paths.length === 0)
    return { approved: false, selfApproved: false, by: {} };
  const yes = whoSaysYes(ledger, forge, settings);
  const by: Record<string, readonly string[]> = {};
  let approved = ledger.ghostNo.size === 0;
  let needsSelf = false;
  for (const path of paths) {
    const { names, isUnclear } = whoOwns(path, forge);
    const given = [...yes.keys()].filter(who => names.has(who)).sort();
    by[path] = given;
    for (const who of ledger.no)
      if (forge.writers.has(who) && (names.has(who) || isUnclear)) approved = false;
    if (names.size === 0 && !isUnclear) {
      const isEmptyTeam = ownedByEmptyTeam(path, forge);
      const isFree = settings.requireOwner === 'owned paths' && !/rollout|CODEOWNERS/u.test(path);
      if (!isFree || isEmptyTeam) approved = false;
      continue;
    }
    if (given.length < settings.approvalsNeeded) approved = false;
    if (given.filter(who => !yes.get(who)).length < settings.approvalsNeeded) needsSelf = true;
  }
  return { approved, selfApproved: approved && needsSelf, by };
}

function ownedByEmptyTeam(path: string, forge: Forge): boolean {
  const last = forge.owners.findLast(index => lines[index]!.covers.test(path));
  return last !== undefined && lines[last]!.owners.includes('team');
}

const settings = fc.record<Settings>({
  requireOwner: fc.constantFrom('every path', 'owned paths'),
  allowAuthor: fc.constantFrom(false, false, true),
  approvalsNeeded: fc.constantFrom(1, 1, 1, 2),
});

test('thousands of random histories end as an independent ledger of the rules says', () => {
  const seen: Record<string, number> = {};
  const count = (what: string) => {
    seen[what] = (seen[what] ?? 0) + 1;
  };
  fc.assert(
    fc.property(fc.array(event, { minLength: 4, maxLength: 30, size: 'large' }), settings, (events, set) => {
      const forge = openForge();
      const ledger: Ledger = { yes: new Map(), no: new Set(), latest: new Map(), ghostNo: new Set() };
      events.forEach((one, minute) => {
        keep(ledger, forge, one);
        happen(forge, one, minute);
        const decision = decideApproval(toRequest(forge, set));
        const found = {
          approved: decision.approved,
          selfApproved: decision.selfApproved,
          by: Object.fromEntries(
            decision.paths.map(path => [path.path, path.approvers.map(it => it.login.toLowerCase()).sort()]),
          ),
        };
        expect(found).toEqual(conclude(ledger, forge, set));
        expect(decision.reasons.length === 0).toBe(decision.approved);
        count(decision.approved ? 'approved' : 'refused');
        if (decision.selfApproved) count('self-approved');
        for (const { why } of decision.ignored) count(why);
      });
    }),
    { numRuns: 3000, seed: 20261121 },
  );
  // Every kind of end was met often enough to mean something.
  const kinds = [
    'approved',
    'refused',
    'self-approved',
    'comment',
    'superseded',
    'dismissed',
    'unknown author',
  ];
  for (const kind of [...kinds, 'bot', 'self', 'no write access', 'stale', 'not an owner']) {
    expect(seen[kind] ?? 0, kind).toBeGreaterThan(500);
  }
});
