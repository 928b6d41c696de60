// A real S3-speaking server for the bench: an S3 gateway over a folder, built from its source on first use.
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { installS3 } from '../install-s3.ts';

export interface S3Server {
  /** `s3://bucket`; remotes need the endpoint beside it. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export const S3_PORT = 17070;
export const S3_ENDPOINT = `http://127.0.0.1:${S3_PORT}`;

/** Undefined when it cannot be installed here: its cases are then left out. */
export async function startS3(home: string): Promise<S3Server | undefined> {
  const program = await installS3('.mainline/go').catch((error: unknown) => {
    process.stderr.write(`S3 is left out: ${String(error)}\n`);
    return undefined;
  });
  if (program === undefined) return undefined;
  const data = join(home, 's3');
  await mkdir(join(data, 'bench'), { recursive: true });
  const words = [
    '--port',
    `127.0.0.1:${S3_PORT}`,
    '--access',
    'mainline',
    '--secret',
    'mainline-bench',
    '--quiet',
  ];
  const server = spawn(program, [...words, 'posix', '--nometa', data], { stdio: 'ignore' });
  await untilListening();
  return {
    url: 's3://bench',
    stop: async () => {
      server.kill();
      await new Promise(resolve => server.once('close', resolve));
    },
  };
}

async function untilListening(): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const isOpen = await new Promise<boolean>(resolve => {
      const socket = connect(S3_PORT, '127.0.0.1');
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('close', () => socket.destroy());
    });
    if (isOpen) return;
    await wait(100);
  }
  throw new Error('the S3 server did not start');
}
