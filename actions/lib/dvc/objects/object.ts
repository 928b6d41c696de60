// The words for content that DVC knows by its hash: what was found, what a folder holds.

/** `md5` of the raw bytes (DVC 3), or DVC 2's, which reads CR LF of text files as LF. */
export type HashName = 'md5' | 'md5-dos2unix';

/** What dvc.lock and .dvc files record of a file or folder. */
export interface Fingerprint {
  /** 32 hex digits; a folder's ends in `.dir`. */
  readonly md5: string;
  /** Only ever `md5-dos2unix`, for what DVC 2 wrote: entries without `hash: md5`. */
  readonly hash?: 'md5-dos2unix' | undefined;
  /** Bytes; of a folder the sum over its files. Unknown in some old entries. */
  readonly size?: number | undefined;
  /** Files in a folder, at any depth. */
  readonly nfiles?: number | undefined;
  /** Only ever true, and only for files. */
  readonly isexec?: true | undefined;
}

/** One file of a folder; `relpath` has forward slashes. */
export interface TreeEntry {
  /** Empty for a link that leads nowhere. */
  readonly md5: string;
  readonly relpath: string;
}

/** A fingerprint together with a folder's files. */
export interface Hashed {
  readonly fingerprint: Fingerprint & { readonly size: number };
  /** Sorted by path, by code point; absent for a file. */
  readonly tree?: readonly TreeEntry[] | undefined;
}

/** Progress of long work: files and bytes done since the last call, and what the whole is once that is known. */
export interface ObjectProgress {
  readonly files: number;
  readonly bytes: number;
  readonly totalFiles?: number | undefined;
  readonly totalBytes?: number | undefined;
}
