// Where data files are looked for: the work tree, a commit, an object store. Each says what there is, and brings what is
// wanted to this machine.
import { compareText } from '#lib/documents/canonical.ts';

export interface FoundFile {
  readonly tree: FileTree;
  /** From the top, with forward slashes; of an object store its whole address. */
  readonly path: string;
  /** Brings it here, if it is not. */
  readonly bring: () => Promise<BroughtFile>;
}

export interface BroughtFile {
  /** Absolute. */
  readonly file: string;
  /** `md5:...` and the like, where it is known without reading; two files with the same one have the same bytes. */
  readonly digest?: string | undefined;
}

export interface FileTree {
  /** For messages: `the work tree`, `v1.0`, `s3://bucket`. */
  readonly name: string;
  /** The file itself, or all files below a folder; sorted by path. @param path from the top; '' for everything */
  readonly find: (path: string) => Promise<readonly FoundFile[]>;
  /** Brings several of its files at a time; one by one without it. */
  readonly bringAll?: (files: readonly FoundFile[]) => Promise<readonly BroughtFile[]>;
}

/** Brings files of any trees, in their order. */
export async function bringFiles(files: readonly FoundFile[]): Promise<readonly BroughtFile[]> {
  const brought = new Map<FoundFile, BroughtFile>();
  for (const [tree, own] of Map.groupBy(files, file => file.tree)) {
    const all = tree.bringAll ? await tree.bringAll(own) : await bringOneByOne(own);
    for (const [i, file] of own.entries()) {
      const here = all[i];
      if (!here) throw new Error(`${file.path} was not brought`);
      brought.set(file, here);
    }
  }
  return files.flatMap(file => brought.get(file) ?? []);
}

async function bringOneByOne(files: readonly FoundFile[]): Promise<readonly BroughtFile[]> {
  const all: BroughtFile[] = [];
  for (const file of files) all.push(await file.bring());
  return all;
}

/** Several trees as one; a path that an earlier one has is not looked for in the later ones. */
export function joinTrees(name: string, trees: readonly FileTree[]): FileTree {
  return {
    name,
    find: async path => {
      const found = new Map<string, FoundFile>();
      for (const tree of trees) {
        for (const file of await tree.find(path)) if (!found.has(file.path)) found.set(file.path, file);
      }
      return [...found.values()].toSorted((a, b) => compareText(a.path, b.path));
    },
  };
}

/** The first of the trees that has anything at a path. */
export function firstTree(name: string, trees: readonly FileTree[]): FileTree {
  return {
    name,
    find: async path => {
      for (const tree of trees) {
        const found = await tree.find(path);
        if (found.length > 0) return found;
      }
      return [];
    },
  };
}
