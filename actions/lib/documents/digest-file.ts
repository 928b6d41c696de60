// What a file's bytes are known by. One buffer serves for all of it: a new one for each piece would have the collector at
// work as long as the hash.
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

const BUFFER_BYTES = 1024 * 1024;

/** `sha256:` and 64 hex digits. @throws the operating system's error when it cannot be read */
export async function digestFile(path: string): Promise<string> {
  const digest = createHash('sha256');
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  await using file = await open(path, 'r');
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, BUFFER_BYTES);
    if (bytesRead === 0) return `sha256:${digest.digest('hex')}`;
    digest.update(buffer.subarray(0, bytesRead));
  }
}
