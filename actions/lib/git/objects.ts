// The part of a Repository that needs no git binary: objects read and written, refs moved. isomorphic-git is right for
// exactly this, and for nothing that walks history, merges or touches a work tree.
import type { Repository } from '#lib/git/repository.ts';

export type GitObjects = Pick<
  Repository,
  'resolve' | 'refs' | 'listFiles' | 'readBlobs' | 'readFile' | 'commitFiles' | 'commitTree' | 'updateRef'
>;
