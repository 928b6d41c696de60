// The port to places that keep named bytes: a folder, an object store. DVC's remotes are such places; each kind is one
// file that implements this, and one line where they are chosen by the scheme of their address.

export interface BucketEntry {
  /** Below the bucket's address, with forward slashes, such as `files/md5/ab/cdef`. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Where the place says one: two answers with the same name and ETag stand for the same bytes. */
  readonly etag?: string | undefined;
}

export interface Bucket {
  /** As the user wrote it, without secrets: for messages. */
  readonly url: string;
  /** How many transfers at a time serve it best, unless the user says otherwise. */
  readonly jobs: number;
  /** False where names can only be asked for one by one. */
  readonly canList: boolean;
  /** Where the names are files below a folder of this machine. */
  readonly folder?: { readonly path: string; readonly shared: boolean } | undefined;
  /** Everything whose name starts with the prefix, in no particular order; an empty or missing place gives nothing. */
  list(prefix: string, options?: BucketOptions): AsyncIterable<readonly BucketEntry[]>;
  /** Undefined when nothing has that name. */
  find(name: string, options?: BucketOptions): Promise<BucketEntry | undefined>;
  /** Writes the bytes to a file of the caller's choice, which must not exist. @throws BucketFailure */
  download(name: string, file: string, options?: BucketOptions): Promise<void>;
  /**
   * The same, but few bytes come back instead of being written: who hashes them need not read them again. Left out where
   * that spares nothing. @throws BucketFailure
   */
  downloadOrRead?(name: string, file: string, options?: BucketOptions): Promise<Buffer | undefined>;
  /** Makes the bytes of a file visible under the name, whole or not at all. @throws BucketFailure */
  upload(file: string, name: string, options?: BucketOptions): Promise<void>;
  /** Names that do not exist are no error. */
  remove(names: readonly string[], options?: BucketOptions): Promise<void>;
  /** Lets go of connections. */
  close(): void;
}

export interface BucketOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told the bytes moved since the last call. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  /** Of an upload: what the bytes must have as MD5, or nothing becomes visible and the failure is `damaged`. */
  readonly expectedMd5?: string | undefined;
}
