// A real S3-speaking server for the bench and for interop: an S3 gateway over a folder, built from its source on first use.
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { installS3 } from '../install-s3.ts';

export interface S3Server {
  /** `s3://bucket`; remotes need the endpoint beside it. */
  readonly url: string;
  readonly endpoint: string;
  /** Where the bucket's objects lie as files. */
  readonly folder: string;
  readonly keys: typeof KEYS;
  readonly stop: () => Promise<void>;
}

export const S3_PORT = 17070;
const KEYS = { access_key_id: 'mainline', secret_access_key: 'mainline-bench' } as const;
export const S3_ENDPOINT = `http://127.0.0.1:${S3_PORT}`;

interface S3Options {
  readonly port?: number;
  readonly bucket?: string;
  /** Uploads in parts need what the server then notes beside the objects, which makes it slower. */
  readonly takesParts?: boolean;
}

/** Undefined when it cannot be installed here: what needs it is then left out, which is said. */
export async function startS3(
  home: string,
  { port = S3_PORT, bucket = 'bench', takesParts = false }: S3Options = {},
): Promise<S3Server | undefined> {
  const program = await installS3('.mainline/go').catch((error: unknown) => {
    const [reason] = String(error).split('\n');
    process.stderr.write(`S3 is left out, since its server cannot be installed here: ${reason}\n`);
    return undefined;
  });
  if (program === undefined) return undefined;
  const data = join(home, 's3');
  await mkdir(join(data, bucket), { recursive: true });
  const words = [
    '--port',
    `127.0.0.1:${port}`,
    '--access',
    KEYS.access_key_id,
    '--secret',
    KEYS.secret_access_key,
    '--quiet',
    // As S3 does it; else each request has to connect.
    '--keep-alive',
  ];
  const notes = join(home, 'notes');
  if (takesParts) await mkdir(notes, { recursive: true });
  const kind = ['posix', ...(takesParts ? ['--sidecar', notes] : ['--nometa']), data];
  const server = spawn(program, [...words, ...kind], { stdio: 'ignore' });
  await untilListening(port);
  return {
    url: `s3://${bucket}`,
    endpoint: `http://127.0.0.1:${port}`,
    folder: join(data, bucket),
    keys: KEYS,
    stop: async () => {
      server.kill();
      await new Promise(resolve => server.once('close', resolve));
    },
  };
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const isOpen = await new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('close', () => socket.destroy());
    });
    if (isOpen) return;
    await wait(100);
  }
  throw new Error('the S3 server did not start');
}
