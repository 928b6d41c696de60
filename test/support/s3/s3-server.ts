// An S3 server from npm, with one bucket: it speaks S3's wire format, but knows no uploads in parts.
import { createServer } from 'node:net';
import { createEmulator } from 'emulate';

export const KEYS = { access_key_id: 'AKIAIOSFODNN7EXAMPLE', secret_access_key: 'of-the-emulator' };

/** The emulator's port 0 is none: a free one is found by asking the system for it. */
async function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

export async function openS3Server(
  bucket: string,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const emulator = await createEmulator({
    service: 'aws',
    port: await freePort(),
    seed: { aws: { s3: { buckets: [{ name: bucket }] } } },
  });
  return { url: emulator.url, close: () => emulator.close() };
}
