import { execFileSync, spawn } from 'node:child_process';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { complete, createEstate, type Estate, goLive, INTENT, LIVE } from './estate.ts';
import { startServing, untilServes } from './served.ts';

describe('a work tree', () => {
  it('that is a clone of a folder is left for that folder', async () => {
    const estate = await createEstate();
    await goLive(estate);
    const clone = join(estate.root, '..', 'a clone');
    execFileSync('git', ['clone', '--quiet', estate.root, clone]);
    const served = await startServing({ ...estate, root: clone });
    await served.next('serving');
    await complete(estate, '1.0.1.0', '1.0.0.0');
    await untilServes(served, '1.0.1.0');
    expect(await served.ask()).toEqual([200, '1.0.1.0', 4]);
  });

  it('without origin is followed by its own branches, not by what is not committed', async () => {
    const estate = await createEstate();
    await goLive(estate);
    const clone = join(estate.root, '..', 'alone');
    execFileSync('git', ['clone', '--quiet', estate.root, clone]);
    execFileSync('git', ['branch', '--quiet', 'mainline/state', 'origin/mainline/state'], { cwd: clone });
    execFileSync('git', ['remote', 'remove', 'origin'], { cwd: clone });
    await writeFile(join(clone, INTENT), 'not committed: yet\n');
    const served = await startServing({ ...estate, root: clone });
    await served.next('serving');
    expect(await served.ask()).toEqual(LIVE);
  });
});

describe('a repository that is away', () => {
  it('changes nothing, is told once, and followed again when it is back', async () => {
    const estate = await createEstate();
    await goLive(estate);
    const served = await startServing(estate);
    await served.next('serving');
    await rename(estate.root, `${estate.root}.away`);
    await served.next('unreachable');
    for (let i = 0; i < 20; i++) expect(await served.ask()).toEqual(LIVE);
    await rename(`${estate.root}.away`, estate.root);
    await served.next('reachable');
    await complete(estate, '1.0.1.0', '1.0.0.0');
    await untilServes(served, '1.0.1.0');
    expect(served.events.filter(({ kind }) => kind === 'unreachable')).toHaveLength(1);
  });

  it('is refused at the start when there never was one', async () => {
    await expect(startServing({ root: '/nowhere/at/all', store: '/nowhere' })).rejects.toThrow(
      'There is no repository here',
    );
  });

  it('without main is waited for', async () => {
    const estate = await createEstate();
    const served = await startServing(estate);
    expect((await served.next('unreachable')).problem.message).toBe('The repository has no branch main');
    await goLive(estate);
    await served.next('serving');
  });
});

describe('a repository elsewhere', () => {
  /** git's own server, over the git protocol. */
  async function daemon(estate: Estate) {
    const probe = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => probe.once('listening', resolve));
    const { port } = probe.address() as { port: number };
    await new Promise(resolve => probe.close(resolve));
    const base = join(estate.root, '..');
    const args = [
      'daemon',
      '--reuseaddr',
      '--export-all',
      `--base-path=${base}`,
      '--listen=127.0.0.1',
      `--port=${port}`,
      base,
    ];
    const child = spawn('git', args, { stdio: 'ignore', detached: true });
    const stop = () => {
      try {
        if (child.pid) process.kill(-child.pid);
      } catch {
        // It has ended already.
      }
    };
    return { address: `git://127.0.0.1:${port}/shop.git`, stop };
  }

  it('is mirrored and polled; a start without it serves what was known last', async () => {
    const estate = await createEstate();
    await goLive(estate);
    const directory = join(estate.root, '..', 'edge');
    await mkdir(directory);
    const { address, stop } = await daemon(estate);
    onTestFinished(stop);
    const served = await startServing(estate, { directory, repository: address });
    await served.next('serving');
    expect(await served.ask()).toEqual(LIVE);
    await complete(estate, '1.0.1.0', '1.0.0.0');
    await untilServes(served, '1.0.1.0');
    stop();
    await served.next('unreachable');
    expect(await served.ask()).toEqual([200, '1.0.1.0', 4]);
    await served.stop();

    const again = await startServing(estate, { directory, repository: address });
    await again.next('unreachable');
    await again.next('serving');
    expect(await again.ask()).toEqual([200, '1.0.1.0', 4]);
    expect(await readdir(join(directory, '.mainline', 'mirrors'))).toHaveLength(1);
  });

  it('is fetched again when a killed fetch has left its locks', async () => {
    const estate = await createEstate();
    await goLive(estate);
    const directory = join(estate.root, '..', 'edge');
    await mkdir(directory);
    const { address, stop } = await daemon(estate);
    onTestFinished(stop);
    const served = await startServing(estate, { directory, repository: address });
    await served.next('serving');
    const [mirror = ''] = await readdir(join(directory, '.mainline', 'mirrors'));
    await writeFile(join(directory, '.mainline', 'mirrors', mirror, 'refs/heads/main.lock'), '');
    await complete(estate, '1.0.1.0', '1.0.0.0');
    await untilServes(served, '1.0.1.0');
    expect(await served.ask()).toEqual([200, '1.0.1.0', 4]);
  });

  it('is mirrored anew when somebody has tidied the mirror away', async () => {
    const estate = await createEstate();
    await goLive(estate);
    const directory = join(estate.root, '..', 'edge');
    await mkdir(directory);
    const { address, stop } = await daemon(estate);
    onTestFinished(stop);
    const served = await startServing(estate, { directory, repository: address });
    await served.next('serving');
    await rm(join(directory, '.mainline'), { recursive: true, maxRetries: 5 });
    await complete(estate, '1.0.1.0', '1.0.0.0');
    await untilServes(served, '1.0.1.0');
    expect(await served.ask()).toEqual([200, '1.0.1.0', 4]);
  });

  it('is named without its password', async () => {
    const estate = await createEstate();
    const address = 'http://ada:secret@127.0.0.1:9/shop.git';
    const served = await startServing(estate, { directory: estate.root, repository: address });
    const told = JSON.stringify([await served.next('unreachable'), served.events]);
    expect(told).toContain('http://127.0.0.1:9/shop.git');
    expect(told).not.toContain('secret');
  });
});
