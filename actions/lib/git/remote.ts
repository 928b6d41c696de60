// What a work tree's configuration says of the world: where origin is, and who works here. Read only.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runGit } from '#lib/git/command.ts';

/** Where a work tree's `origin` lies: a folder on this machine, or a place that needs a network. */
export type Origin =
  | { readonly kind: 'none' }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'remote'; readonly url: string };

/** Reads `remote.origin.url`, after git's own rewriting rules. */
export async function findOrigin(folder: string): Promise<Origin> {
  const output = await runGit(folder, ['remote', 'get-url', 'origin']);
  const url = output.code === 0 ? output.stdout.toString().trim() : '';
  return url === '' ? { kind: 'none' } : classifyRemote(url, folder);
}

/** A path, a file URL, or something else; `host:path` is a remote unless a folder has that very name, as git has it. */
export function classifyRemote(url: string, folder: string): Origin {
  const path = localFilePath(url);
  if (path !== undefined) return { kind: 'folder', path };
  const isRemote = /^[a-z][a-z0-9+.-]*:\/\//iu.test(url) || /^[^/\\]+:/u.test(url);
  if (isRemote && !existsSync(resolve(folder, url))) return { kind: 'remote', url: withoutSecret(url) };
  return { kind: 'folder', path: resolve(folder, url) };
}

/** The path of a `file://` URL; undefined for one of another machine, or of no path at all. */
export function localFilePath(url: string): string | undefined {
  if (!url.startsWith('file://')) return undefined;
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

/** A URL without the user, password and token that may stand in it, also where they are not written as they should be. */
export function withoutSecret(url: string): string {
  const [, scheme = '', rest = url] = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/isu.exec(url) ?? [];
  if (scheme === '') return url;
  const [host = ''] = rest.split('/');
  const hasUser = host.includes('@') || /:\D/u.test(host);
  const place = hasUser ? rest.slice(rest.lastIndexOf('@') + 1) : rest;
  return `${scheme}${place.replace(/[?#].*$/su, '')}`;
}

/** The name and e-mail of whoever works here, as git would write them; undefined where git does not know. */
export async function findPerson(
  folder: string,
): Promise<{ readonly name: string; readonly email: string } | undefined> {
  const output = await runGit(folder, ['var', 'GIT_AUTHOR_IDENT']);
  const found = /^(.*) <([^>]*)> \d+ [+-]\d{4}$/u.exec(output.stdout.toString().trim());
  return output.code === 0 && found?.[1] !== undefined && found[2] !== undefined
    ? { name: found[1], email: found[2] }
    : undefined;
}
