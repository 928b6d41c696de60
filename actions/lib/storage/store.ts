// The port to wherever released bytes are kept. The name of the bytes is their digest, so nothing is ever overwritten.

export interface Store {
  /**
   * The bytes of a digest (`sha256:` and 64 hex digits), or undefined when they are not here.
   * @throws ConfigurationError when what lies there is something else: a store that lies is worse than an empty one.
   */
  read(digest: string): Promise<Uint8Array | undefined>;
  /** Keeps bytes; keeping them twice is no different. @returns their digest. */
  write(bytes: Uint8Array): Promise<string>;
}
