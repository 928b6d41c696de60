// Where the data lives, who may have it and what it costs: for those who read it, a server that moves is one that is gone.
import { below, type Effect, type Finding, finding, type Place } from '#lib/contracts/changes/change.ts';
import { pairUp } from '#lib/contracts/changes/pair.ts';
import { compareWords } from '#lib/contracts/changes/words.ts';
import type { Contract } from '#lib/contracts/odcs.ts';

type Named = Readonly<Record<string, unknown>>;

/** Keys of a server that do not lead to the data. */
const ABOUT: Readonly<Record<string, Effect>> = {
  id: 'reworded',
  description: 'reworded',
  customProperties: 'reworded',
  environment: 'noted',
};

/** All of them; renamed ones are gone and new. */
export function compareServers(base: Contract, head: Contract, root: Place): readonly Finding[] {
  return compareNamed(base.servers, head.servers, {
    root,
    key: 'servers',
    name: 'server',
    effects: server => {
      const moved = Object.keys(server).map(key => [key, 'reworked'] as const);
      return { ...Object.fromEntries(moved), ...ABOUT };
    },
  });
}

/** Who may have access. */
export function compareRoles(
  base: readonly object[] | undefined,
  head: readonly object[] | undefined,
  root: Place,
): readonly Finding[] {
  return compareNamed(base, head, {
    root,
    key: 'roles',
    name: 'role',
    effects: () => ({ role: 'reworked', access: 'reworked' }),
  });
}

interface Kind {
  readonly root: Place;
  readonly key: 'servers' | 'roles';
  readonly name: 'server' | 'role';
  readonly effects: (both: Named) => Readonly<Record<string, Effect>>;
}

function compareNamed(
  base: readonly object[] | undefined,
  head: readonly object[] | undefined,
  { root, key, name, effects }: Kind,
): readonly Finding[] {
  const [before, after] = [base as readonly Named[] | undefined, head as readonly Named[] | undefined];
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return pairUp(before, after, [item => text(item.id), item => text(item[name])]).flatMap(
    ({ base: old, head: now }): readonly Finding[] => {
      const item = now?.item ?? old?.item ?? {};
      const of = `the ${name} ${String(item[name])}`;
      const place: Place = {
        ...root,
        path: [root.path, key, String(item.id ?? item[name])].filter(Boolean).join('.'),
        base: [...root.base, key, old?.index ?? 0],
        head: [...root.head, key, now?.index ?? 0],
      };
      if (!old || !now) {
        const effect = now ? 'tightened' : 'loosened';
        const what = `${of} is ${now ? 'new' : 'gone'}`;
        return [{ ...place, what, from: old?.item ?? null, to: now?.item ?? null, effect }];
      }
      const known = effects({ ...old.item, ...now.item });
      const roles = [old.item.roles, now.item.roles] as readonly (readonly object[] | undefined)[];
      return [
        ...compareWords(old.item, now.item, { place, of, known: ['roles'], effects: known }),
        ...compareRoles(roles[0], roles[1], place),
      ];
    },
  );
}

/** What it costs: cheaper is a stronger promise. */
export function comparePrice(base: Contract, head: Contract, root: Place): readonly Finding[] {
  const [before, after] = [base.price ?? {}, head.price ?? {}];
  const place = below(root, 'price');
  const { priceAmount: from } = before;
  const { priceAmount: to } = after;
  const effect = from === undefined || to === undefined ? 'reworked' : to > from ? 'loosened' : 'tightened';
  const amount =
    from === to ? [] : [finding(below(place, 'priceAmount'), '', { as: 'the price', from, to, effect })];
  const rest = compareWords(before, after, {
    place,
    of: 'the price',
    known: ['priceAmount'],
    effects: { priceCurrency: 'reworked', priceUnit: 'reworked' },
  });
  return [...amount, ...rest];
}
