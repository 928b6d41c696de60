import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { acquireLock } from '#lib/flows/lock.ts';

async function lockFile(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'lock ')), '.mainline', 'lock');
}

it('the second to come is told who holds the lock, and gets it afterwards', async () => {
  const file = await lockFile();
  const release = await acquireLock(file, 'mainline propose');
  await expect(acquireLock(file, 'mainline propose')).rejects.toThrow(
    `"mainline propose" (process ${process.pid}`,
  );
  await release();
  await (await acquireLock(file, 'mainline propose'))();
  expect(await readdir(dirname(file))).toEqual([]);
});

it('a lock that a killed process left behind is taken over', async () => {
  const file = await lockFile();
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ pid, host: hostname(), command: 'mainline propose' }));
  await (await acquireLock(file, 'mainline propose'))();
});

it('a lock file that is half written is taken over', async () => {
  const file = await lockFile();
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '{"pid": 1');
  await (await acquireLock(file, 'mainline propose'))();
});

it('of many processes that come at once, exactly one works at a time', async () => {
  const file = await lockFile();
  const script = `
    import { acquireLock } from '#lib/flows/lock.ts';
    import { mkdirSync, rmdirSync } from 'node:fs';
    for (let i = 0; i < 30; i++) {
      try {
        const release = await acquireLock(${JSON.stringify(file)}, 'test');
        mkdirSync(${JSON.stringify(`${file}.busy`)});
        rmdirSync(${JSON.stringify(`${file}.busy`)});
        await release();
      } catch (error) { if (!error.message.includes('is working in this repository')) throw error; }
    }`;
  const exits = Array.from({ length: 4 }, () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    return new Promise(resolve => child.on('close', resolve));
  });
  expect(await Promise.all(exits)).toEqual([0, 0, 0, 0]);
});
