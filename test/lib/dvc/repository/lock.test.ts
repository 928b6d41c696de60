import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LockOptions, lockRepository } from '#lib/dvc/repository/lock.ts';
import { takeFlock } from '#lib/processes/flock.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'mainline-lock-')));
  mkdirSync(join(root, '.dvc/tmp'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const rwlock = () => JSON.parse(readFileSync(join(root, '.dvc/tmp/rwlock'), 'utf8'));

/** Time passes only by sleeping. */
function asking(
  pid: number,
  options: Partial<LockOptions> = {},
): LockOptions & { readonly waited: string[] } {
  let time = 0;
  const waited: string[] = [];
  return {
    holder: { pid, host: 'here', command: `mainline dvc add ${pid}` },
    waitMs: 1000,
    now: () => time,
    sleep: async ms => {
      time += ms;
    },
    isAlive: one => one < 100,
    onWait: who => waited.push(who),
    ...options,
    waited,
  };
}

describe('one command at a time writes', () => {
  test('and stands in the list that DVC reads, for as long as it does', async () => {
    const lock = await lockRepository(root, asking(1));
    expect(rwlock()).toEqual({ write: { [root]: { pid: 1, cmd: 'mainline dvc add 1' } }, read: {} });
    lock.release();
    expect(rwlock()).toEqual({ write: {}, read: {} });
  });

  test('the second gives up after its time, naming the first', async () => {
    await lockRepository(root, asking(1));
    const second = asking(2);
    await expect(lockRepository(root, second)).rejects.toThrow('"mainline dvc add 1" (process 1 on here)');
    expect(second.waited).toHaveLength(1);
  });

  test('the second goes on when the first ends', async () => {
    const first = await lockRepository(root, asking(1));
    let naps = 0;
    const second = asking(2, {
      waitMs: Number.POSITIVE_INFINITY,
      sleep: async () => {
        if (++naps === 3) await first.release();
      },
    });
    await lockRepository(root, second);
    expect(naps).toBe(3);
    expect(rwlock().write[root].pid).toBe(2);
  });

  test('a lock of a process that was killed is taken over', async () => {
    await lockRepository(root, asking(101));
    const lock = await lockRepository(root, asking(2));
    expect(rwlock().write[root].pid).toBe(2);
    lock.release();
  });

  test('a lock of a killed process whose number another one got since is taken over', async () => {
    const started = (pid: number, when: string) => ({
      holder: { pid, host: 'here', command: `mainline dvc add ${pid}`, started: when },
      isAlive: (_: number, since?: string) => since !== 'yesterday',
    });
    await lockRepository(root, asking(1, started(1, 'yesterday')));
    await lockRepository(root, asking(2, started(2, 'today')));
    expect(rwlock().write[root].pid).toBe(2);
    await expect(lockRepository(root, asking(3, started(3, 'today')))).rejects.toMatchObject({
      remedy: expect.stringContaining(join(root, '.dvc/tmp/mainline/lock')),
    });
  });

  test('a lock from another machine is left alone, and who waits for it is told what to delete', async () => {
    await lockRepository(root, asking(101, { holder: { pid: 101, host: 'there', command: 'x' } }));
    const second = asking(2);
    await expect(lockRepository(root, second)).rejects.toThrow('process 101 on there');
    const file = join(root, '.dvc/tmp/mainline/lock');
    expect(second.waited).toEqual([
      `"x" (process 101 on there); if it does not run any more, delete ${file}`,
    ]);
    rmSync(file);
    await lockRepository(root, asking(3));
  });

  test('an entry in the list of DVC that another process has the number of names the list', async () => {
    const file = join(root, '.dvc/tmp/rwlock');
    writeFileSync(
      file,
      JSON.stringify({ write: { [root]: { pid: 7, cmd: '/usr/bin/dvc repro' } }, read: {} }),
    );
    const second = asking(2);
    await expect(lockRepository(root, second)).rejects.toMatchObject({
      message: expect.stringContaining('"/usr/bin/dvc repro" (process 7)'),
      remedy: expect.stringContaining(`delete ${file}`),
    });
    rmSync(file);
    await lockRepository(root, asking(3));
  });
});

describe('the lock of DVC itself', () => {
  const file = () => join(root, '.dvc/tmp/lock');
  /** As DVC takes it: now or never. */
  const isFree = () => spawnSync('flock', ['-x', '-n', file(), 'true']).status === 0;

  test('is held until the command ends', async () => {
    const lock = await lockRepository(root, asking(1, { takeFlock }));
    expect(isFree()).toBe(false);
    lock.release();
    expect(isFree()).toBe(true);
  });

  test('is free for the next of our own at once', async () => {
    for (const pid of [1, 2, 3]) {
      const next = asking(pid, { takeFlock });
      (await lockRepository(root, next)).release();
      expect(next.waited).toEqual([]);
    }
  });

  test('is waited for, and nothing of ours stays behind', async () => {
    const dvc = await takeFlock(file());
    const asked = asking(1, { takeFlock });
    await expect(lockRepository(root, asked)).rejects.toThrow('is working in this repository');
    expect(asked.waited).toHaveLength(1);
    expect(existsSync(join(root, '.dvc/tmp/mainline/lock'))).toBe(false);
    if (typeof dvc !== 'string') dvc.release();
    (await lockRepository(root, asked)).release();
  });

  test('does not stay with a process that was started meanwhile', async () => {
    const lock = await lockRepository(root, asking(1, { takeFlock }));
    const child = spawn('sleep', ['10']);
    await once(child, 'spawn');
    lock.release();
    expect(isFree()).toBe(true);
    child.kill();
  });

  test('is free once a process that held it was killed', async () => {
    const script = `import { takeFlock } from '#lib/processes/flock.ts';
      const lock = await takeFlock(process.argv[1]);
      console.log(typeof lock);
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, file()]);
    expect(String((await once(child.stdout, 'data'))[0])).toBe('object\n');
    expect(isFree()).toBe(false);
    child.kill('SIGKILL');
    await expect.poll(isFree).toBe(true);
  });

  test('is gone without where no such lock can be taken', async () => {
    const lock = await lockRepository(root, asking(1, { takeFlock: async () => 'unavailable' }));
    expect(rwlock().write[root].pid).toBe(1);
    lock.release();
  });
});

describe('a running DVC', () => {
  const held = (pid: number, kind: 'write' | 'read', path = 'data') => {
    const holder = { pid, cmd: 'dvc repro' };
    const value = { [kind]: { [join(root, path)]: kind === 'write' ? holder : [holder] } };
    writeFileSync(join(root, '.dvc/tmp/rwlock'), JSON.stringify(value));
  };

  test.for(['write', 'read'] as const)('that lists a path to %s is waited for', async kind => {
    held(7, kind);
    await expect(lockRepository(root, asking(1))).rejects.toThrow('"dvc repro" (process 7)');
  });

  test('that was killed is not', async () => {
    held(700, 'write');
    const lock = await lockRepository(root, asking(1));
    expect(Object.keys(rwlock().write)).toEqual([root]);
    lock.release();
  });

  test('that works on other paths is not in the way of a narrow claim', async () => {
    held(7, 'write', 'data');
    const lock = await lockRepository(root, asking(1, { write: [join(root, 'model')] }));
    lock.release();
    expect(rwlock().write).toEqual({ [join(root, 'data')]: { pid: 7, cmd: 'dvc repro' } });
  });

  test('whose list is damaged is told of', async () => {
    writeFileSync(join(root, '.dvc/tmp/rwlock'), '{"write": [');
    await expect(lockRepository(root, asking(1))).rejects.toMatchObject({
      remedy: 'If no DVC is running here, delete it.',
    });
  });
});
