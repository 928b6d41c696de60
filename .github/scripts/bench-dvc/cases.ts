// What is measured. Each case says how a repository gets into the state, what is called, and what would be the limit.
import { S3_ENDPOINT } from './s3.ts';

/** One tool's own copy of the repository. */
export interface Place {
  readonly name: 'dvc' | 'ours';
  readonly root: string;
  /** Calls the tool itself. */
  readonly call: (words: readonly string[]) => Promise<void>;
  readonly shell: (line: string) => Promise<void>;
  /** Where this copy may write on the S3 server. */
  readonly s3: string | undefined;
}

export interface Case {
  readonly id: string;
  readonly what: string;
  readonly words: readonly string[];
  readonly prepare: (place: Place) => Promise<void>;
  /** Before each run that is measured; what is only looked at is called once, so that nobody waits for the disk. */
  readonly before?: (place: Place, round: number) => Promise<void>;
  /** A shell's line that is run right before. */
  readonly atLast?: string;
  readonly limit: {
    readonly what: string;
    readonly command: string;
    readonly before?: (place: Place) => Promise<void>;
  };
  readonly needed: number;
  readonly runs: number;
  /** Fewer for what takes DVC minutes. */
  readonly dvcRuns?: number;
  readonly needsS3?: boolean;
}

const START = { what: 'an empty Node process', command: 'node -e 0' };
const init = async ({ shell, call }: Place): Promise<void> => {
  await shell('git init --quiet');
  await call(['init', '--quiet']);
};

const STAGES = 200;

/** A chain of one-line stages with a parameter each, and a metrics file. */
async function makeStages(place: Place): Promise<void> {
  await init(place);
  await place.shell(`
    echo 'seed: 1' > params.yaml
    echo hello > f0.txt
    echo '{"rmse": 2.0, "nested": {"n": 1}}' > metrics.json
    { echo 'metrics: [metrics.json]'; echo 'stages:'
      for i in $(seq ${STAGES}); do
        printf '  s%d:\\n    cmd: cp f%d.txt f%d.txt\\n    deps: [f%d.txt]\\n    params: [seed]\\n    outs: [f%d.txt]\\n' $i $((i-1)) $i $((i-1)) $i
      done
    } > dvc.yaml
    git add -A && git commit --quiet -m stages`);
}

async function reproduced(place: Place): Promise<void> {
  await makeStages(place);
  await place.call(['repro', '--quiet']);
  await place.shell('git add -A && git commit --quiet -m lock');
}

/** Files that all differ, from a fixed sequence of numbers. */
function makeFiles(count: number, bytes: number): string {
  return `
    mkdir -p data && python3 - <<'END'
import random
draw = random.Random(7)
for index in range(${count}):
    with open(f"data/{index:06d}.bin", "wb") as file:
        file.write(draw.randbytes(${bytes}))
END`;
}

const added =
  (count: number, bytes: number) =>
  async (place: Place): Promise<void> => {
    await init(place);
    await place.shell(makeFiles(count, bytes));
    await place.call(['add', 'data', '--quiet']);
    // A file that was written a moment ago may change again under the same time stamp, so nobody trusts it yet.
    await place.shell('sleep 2; true');
    await place.call(['add', 'data', '--quiet']);
  };

/** The tool has just seen everything, then one file changes; a second later nobody takes it for still being written. */
const changeOne = async ({ shell, call }: Place, round: number): Promise<void> => {
  await call(['add', 'data', '--quiet']);
  await shell(`echo changed ${round} > data/000007.bin; sleep 1`);
};
const callOnce =
  (...words: readonly string[]) =>
  async ({ call }: Place): Promise<void> =>
    call(words);

/**
 * Out of the way; deleted when all is measured. A file system without a journal passes over every inode that was given up in
 * the last minutes whenever a file is made: after ten thousand deletions that takes ten times as long as making the file.
 */
const aside = (...paths: readonly string[]): string => `
  aside=$(mktemp -d ../aside-XXXXXX)
  for path in ${paths.join(' ')}; do if [ -e "$path" ]; then mv "$path" "$aside"; fi; done`;
const forget = async ({ shell }: Place): Promise<void> =>
  shell(aside('.dvc/cache', '.dvc/tmp', 'data.dvc', 'big.bin.dvc', '.gitignore', '../*-site'));

/** A place that nothing was copied to yet. */
const NEW = 'to=$(mktemp -d ../limit-XXXXXX)';
const copyAndHash = (path: string) => ({
  what: 'cp and md5sum of the same bytes',
  command: `${NEW} && cp -r ${path} "$to" && find "$to" -type f -print0 | xargs -0 md5sum > /dev/null`,
});

const withRemote =
  (kind: 'local' | 's3') =>
  async (place: Place): Promise<void> => {
    await added(10_000, 4096)(place);
    const url = kind === 'local' ? `${place.root}-remote` : (place.s3 ?? '');
    await place.call(['remote', 'add', '--default', 'store', url]);
    if (kind === 's3') await place.call(['remote', 'modify', 'store', 'endpointurl', S3_ENDPOINT]);
  };

const pushed =
  (kind: 'local' | 's3') =>
  async (place: Place): Promise<void> => {
    await withRemote(kind)(place);
    await place.call(['push', '--quiet']);
  };

const emptyRemote = async (place: Place, round: number): Promise<void> => {
  if (place.s3 === undefined) return;
  await place.shell(aside(`${place.root}-remote`, '.dvc/tmp/index', '../*-site'));
  // A new place each round: emptying the old one would be measured by whoever lists it.
  if (round > 0) await place.call(['remote', 'modify', 'store', 'url', await remoteOf(place, round)]);
};

async function remoteOf(place: Place, round: number): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const config = await readFile(`${place.root}/.dvc/config`, 'utf8');
  return config.includes('s3://') ? `${place.s3}-${round}` : `${place.root}-remote`;
}

const emptyCache = async ({ shell }: Place): Promise<void> =>
  shell(aside('.dvc/cache', '.dvc/tmp', 'data', '../*-site'));

export const CASES: readonly Case[] = [
  {
    id: 'first',
    what: `repro of ${STAGES} one-line stages, first time`,
    words: ['repro', '--quiet'],
    prepare: makeStages,
    before: ({ shell }) =>
      shell(aside('dvc.lock', '.dvc/cache', '.dvc/tmp', '../*-site', '.gitignore', 'f[1-9]*.txt')),
    limit: {
      what: `${STAGES} shells that copy a file`,
      command: `for i in $(seq ${STAGES}); do sh -c "cp f0.txt ../limit.txt"; done`,
    },
    needed: 30,
    runs: 3,
    dvcRuns: 1,
  },
  {
    id: 'noop',
    what: `repro of ${STAGES} stages, nothing changed`,
    words: ['repro', '--quiet'],
    prepare: reproduced,
    before: callOnce('repro', '--quiet'),
    limit: START,
    needed: 20,
    runs: 7,
    dvcRuns: 5,
  },
  {
    id: 'status',
    what: `status of ${STAGES} stages`,
    words: ['status'],
    prepare: reproduced,
    before: callOnce('status'),
    limit: START,
    needed: 20,
    runs: 7,
    dvcRuns: 5,
  },
  {
    id: 'metrics',
    what: `metrics diff in a repository of ${STAGES} stages`,
    words: ['metrics', 'diff', '--json'],
    prepare: async place => {
      await reproduced(place);
      await place.shell(`echo '{"rmse": 1.5, "nested": {"n": 2}}' > metrics.json`);
    },
    before: callOnce('metrics', 'diff', '--json'),
    limit: START,
    needed: 8,
    runs: 7,
    dvcRuns: 5,
  },
  {
    id: 'add-10k',
    what: 'add of 10,000 files of 4 KiB',
    words: ['add', 'data', '--quiet'],
    prepare: async place => {
      await init(place);
      await place.shell(makeFiles(10_000, 4096));
    },
    before: forget,
    limit: copyAndHash('data'),
    needed: 5,
    runs: 3,
  },
  {
    id: 'again-10k',
    what: 'add of 10,000 files of 4 KiB again, one changed',
    words: ['add', 'data', '--quiet'],
    prepare: added(10_000, 4096),
    before: changeOne,
    limit: { what: 'find -newer over the same files', command: 'find data -newer data.dvc > /dev/null' },
    needed: 20,
    runs: 5,
  },
  {
    id: 'add-100k',
    what: 'add of 100,000 files of 55 bytes',
    words: ['add', 'data', '--quiet'],
    prepare: async place => {
      await init(place);
      await place.shell(makeFiles(100_000, 55));
    },
    before: forget,
    limit: copyAndHash('data'),
    needed: 5,
    runs: 3,
    dvcRuns: 1,
  },
  {
    id: 'again-100k',
    what: 'add of 100,000 files of 55 bytes again, one changed',
    words: ['add', 'data', '--quiet'],
    prepare: added(100_000, 55),
    before: changeOne,
    limit: { what: 'find -newer over the same files', command: 'find data -newer data.dvc > /dev/null' },
    needed: 20,
    runs: 3,
  },
  {
    id: 'status-100k',
    what: 'status of 100,000 files',
    words: ['status'],
    prepare: added(100_000, 55),
    before: callOnce('status'),
    limit: { what: 'find -newer over the same files', command: 'find data -newer data.dvc > /dev/null' },
    needed: 10,
    runs: 5,
  },
  {
    id: 'add-1g',
    what: 'add of one file of 1 GiB',
    words: ['add', 'big.bin', '--quiet'],
    prepare: async place => {
      await init(place);
      await place.shell('head -c 1073741824 /dev/urandom > big.bin');
    },
    before: forget,
    // The first write to memory that a virtual machine gave back takes two seconds a GiB, whoever writes.
    atLast: `python3 -c "b'x' * (5 << 28)"`,
    limit: {
      what: 'cp and md5sum of the same bytes',
      command: `${NEW} && cp big.bin "$to" && md5sum "$to/big.bin"`,
    },
    needed: 2,
    runs: 3,
  },
  ...(['local', 's3'] as const).flatMap((kind): readonly Case[] => [
    {
      id: `push-${kind}`,
      what: `push of 10,000 objects, ${kind}`,
      words: ['push', '--quiet'],
      prepare: withRemote(kind),
      before: emptyRemote,
      limit: { what: 'cp of the cache', command: `${NEW} && cp -r .dvc/cache/files "$to"` },
      needed: 5,
      runs: 3,
      needsS3: kind === 's3',
    },
    {
      id: `pull-${kind}`,
      what: `pull of 10,000 objects, ${kind}`,
      words: ['pull', '--quiet'],
      prepare: pushed(kind),
      before: emptyCache,
      limit: {
        what: 'cp of the cache and of the files',
        command: `${NEW} && cp -r .dvc/cache/files data "$to"`,
      },
      needed: 5,
      runs: 3,
      needsS3: kind === 's3',
    },
  ]),
];
