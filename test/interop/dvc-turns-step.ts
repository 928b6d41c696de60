// What a step of the turns is: it looks at the repository in which DVC does everything, draws what to do, and says which
// edits and commands that is, so that the very same can be done in the other repository.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Random } from '#lib/stats/random.ts';
import type { Words } from './dvc-turns-tools.ts';

/** Something done to one of the repositories, without either tool. */
export type Edit = (folder: string) => void;

export interface Turn {
  readonly edit?: Edit;
  /** Words after `dvc`, for one tool after the other, and edits in between. */
  readonly commands: readonly (Words | Edit)[];
}

/** The repository in which DVC does everything, as it is before the step. */
export interface Scene {
  readonly folder: string;
  readonly random: Random;
}

/** What to do, or nothing when the repository is not ready for it. */
export type Plan = (scene: Scene) => Turn | undefined;

export function has({ folder }: Scene, path: string): boolean {
  return existsSync(join(folder, path));
}

/** One of the choices, or nothing when there are none. */
export function draw<Item>({ random }: Scene, choices: readonly Item[]): Item | undefined {
  return choices.length === 0 ? undefined : choices[random.integer(choices.length)];
}

export function write(path: string, text: string, mode = 0o644): Edit {
  return folder => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    // A new file each time, as editors do it: a linked file must not be written through.
    rmSync(join(folder, path), { force: true });
    writeFileSync(join(folder, path), text, { mode });
  };
}

export function erase(...paths: readonly string[]): Edit {
  return folder => {
    for (const path of paths) rmSync(join(folder, path), { recursive: true, force: true });
  };
}

/** Loses data, but not what Git holds beside it. */
export function lose(...paths: readonly string[]): Edit {
  return folder => {
    for (const path of paths) loseBelow(join(folder, path));
  };
}

function loseBelow(path: string): void {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    rmSync(path, { force: true });
    return;
  }
  for (const name of readdirSync(path)) if (name !== '.gitignore') loseBelow(join(path, name));
  if (readdirSync(path).length === 0) rmdirSync(path);
}

/** Changes a text file, which has to contain what is replaced. */
export function replace(path: string, pattern: RegExp | string, by: string): Edit {
  return folder => {
    const text = readFileSync(join(folder, path), 'utf8');
    write(path, text.replace(pattern, by))(folder);
  };
}

export function all(...edits: readonly Edit[]): Edit {
  return folder => {
    for (const edit of edits) edit(folder);
  };
}

/** The outputs of the `.dvc` files below data/, with the files' paths. */
export function findTracked({ folder }: Scene): readonly { readonly file: string; readonly out: string }[] {
  if (!existsSync(join(folder, 'data'))) return [];
  return readdirSync(join(folder, 'data'))
    .filter(name => name.endsWith('.dvc'))
    .toSorted()
    .map(name => ({ file: `data/${name}`, out: `data/${name.slice(0, -4)}` }));
}

export function isFolder({ folder }: Scene, path: string): boolean {
  return statSync(join(folder, path), { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A name's number that no earlier step has used, nor one of an older commit. */
export function newNumber(scene: Scene, prefix: string): number {
  const number = 1 + scene.random.integer(1_000_000);
  return has(scene, `${prefix}${number}.dvc`) ? newNumber(scene, prefix) : number;
}
