// Which content was found to keep which contract, so that a run with nothing to do reads no table. Only a cache: it names
// no place, and whatever is damaged, missing or of another checker counts as nothing known.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { replaceUnsynced } from '#lib/documents/write.ts';
import type { Fingerprint } from '#lib/dvc/objects/object.ts';

/** The oldest go first. */
const MOST_CONTRACTS = 1000;
const MOST_PRINTS = 100;

export interface ContractMemory {
  /** True when something kept this contract: then it can be read. */
  isReadable(place: ContractPlace): boolean;
  isKept(place: ContractPlace, print: Fingerprint): boolean;
  /** Written at once: a run may be killed at any moment. */
  remember(place: ContractPlace, print: Fingerprint): void;
}

export interface ContractPlace {
  /** The bytes of the contract. */
  readonly contract: Buffer;
  /** The output's: a contract may describe several tables, each by the name of its file. */
  readonly path: string;
}

/** @param checker another one may find other things: it starts anew. */
export function openContractMemory(root: string, checker: string): ContractMemory {
  const file = join(root, '.dvc', 'tmp', 'mainline', 'contracts.json');
  let known: Map<string, readonly string[]> | undefined;
  const read = () => (known ??= parseMemory(readText(file), checker));
  return {
    isReadable: place => read().has(keyOf(place)),
    isKept: (place, print) => read().get(keyOf(place))?.includes(nameOf(print)) ?? false,
    remember(place, print) {
      const key = keyOf(place);
      // What another process remembered meanwhile stays.
      known = parseMemory(readText(file), checker);
      const prints = known.get(key)?.filter(one => one !== nameOf(print)) ?? [];
      known.delete(key);
      known.set(key, [...prints, nameOf(print)].slice(-MOST_PRINTS));
      const kept = Object.fromEntries([...known].slice(-MOST_CONTRACTS));
      mkdirSync(dirname(file), { recursive: true });
      replaceUnsynced(file, `${JSON.stringify({ checker, kept })}\n`);
    },
  };
}

function keyOf({ contract, path }: ContractPlace): string {
  return `${createHash('sha256').update(contract).digest('hex')}/${basename(path)}`;
}

function nameOf({ md5, hash }: Fingerprint): string {
  return hash === undefined ? md5 : `${hash}:${md5}`;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function parseMemory(text: string, checker: string): Map<string, readonly string[]> {
  let value: { readonly checker?: unknown; readonly kept?: unknown } | null;
  try {
    value = JSON.parse(text);
  } catch {
    return new Map();
  }
  const { kept } = value?.checker === checker ? value : {};
  if (typeof kept !== 'object' || kept === null) return new Map();
  return new Map(
    Object.entries(kept).filter((entry): entry is [string, readonly string[]] => {
      const [, prints] = entry;
      return Array.isArray(prints) && prints.every(print => typeof print === 'string');
    }),
  );
}
