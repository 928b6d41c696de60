// Steps that track files and folders.
import {
  all,
  draw,
  erase,
  findTracked,
  has,
  isFolder,
  newNumber,
  type Plan,
  replace,
  type Scene,
  write,
} from './dvc-turns-step.ts';

const addFile: Plan = scene => {
  const number = newNumber(scene, 'data/file-');
  const path = `data/file-${number}`;
  return {
    edit: write(path, `file ${number} ${scene.random.integer(1000)}\r\n`),
    commands: [['add', path]],
  };
};

const addFolder: Plan = scene => {
  const number = newNumber(scene, 'data/folder-');
  const path = `data/folder-${number}`;
  const count = 2 + scene.random.integer(5);
  const files = Array.from({ length: count }, (_, index) =>
    write(`${path}/${index % 2 === 0 ? 'even' : 'odd'}/${index}.txt`, `${number} ${index}\n`),
  );
  return {
    edit: all(
      ...files,
      write(`${path}/run.sh`, `#!/bin/sh\n# ${number}\n`, 0o755),
      write(`${path}/ö.txt`, `ö ${number}`),
    ),
    commands: [['add', path]],
  };
};

const addSeveral: Plan = scene => {
  const number = newNumber(scene, 'data/many-a-');
  return {
    edit: all(
      ...['a', 'b', 'c'].map(letter => write(`data/many-${letter}-${number}`, `${letter} ${number}`)),
    ),
    // One match a pattern: DVC takes several in the order in which the file system has them.
    commands: [['add', '--glob', `data/*-c-${number}`, `data/many-[a]-${number}`, `data/many-b-${number}`]],
  };
};

/** Other bytes for a tracked file, or another file in a tracked folder. */
function change(scene: Scene, path: string) {
  const text = `changed ${scene.random.integer(10_000)}\n`;
  if (!isFolder(scene, path)) return write(path, path.endsWith('.csv') ? `z,9\ny,8\n${text}x,7\n` : text);
  return all(write(`${path}/new/${scene.random.integer(5)}.txt`, text), erase(`${path}/run.sh`));
}

/** A tracked output that is in the work tree. */
function drawTracked(scene: Scene) {
  return draw(
    scene,
    findTracked(scene).filter(({ out }) => has(scene, out) && !out.includes('import')),
  );
}

const changeAndAdd: Plan = scene => {
  const tracked = drawTracked(scene);
  return tracked && { edit: change(scene, tracked.out), commands: [['add', tracked.out]] };
};

const changeAndCommit: Plan = scene => {
  const tracked = drawTracked(scene);
  return tracked && { edit: change(scene, tracked.out), commands: [['commit', '-f', tracked.file]] };
};

const changeAndDiscard: Plan = scene => {
  const tracked = drawTracked(scene);
  return tracked && { edit: change(scene, tracked.out), commands: [['checkout', '-f', tracked.file]] };
};

const loseAndCheckout: Plan = scene => {
  const tracked = drawTracked(scene);
  return tracked && { edit: erase(tracked.out), commands: [['checkout']] };
};

const addWithComment: Plan = scene => {
  const tracked = drawTracked(scene);
  return (
    tracked && {
      edit: all(
        replace(tracked.file, /^outs:\n/m, '# Kept by hand.\nouts:\n'),
        replace(tracked.file, /\n(?:meta:[\s\S]*)?$/, "\nmeta:\n  owner: 'us'  # them\n"),
        change(scene, tracked.out),
      ),
      commands: [['add', tracked.out]],
    }
  );
};

/** Stages read these two: they stay where they are. */
const needed = new Set(['data/table.csv', 'data/pictures']);

const move: Plan = scene => {
  const tracked = draw(
    scene,
    findTracked(scene).filter(({ out }) => has(scene, out) && !needed.has(out) && !out.includes('import')),
  );
  if (tracked === undefined) return undefined;
  const number = newNumber(scene, 'data/moved-');
  return { commands: [['move', tracked.out, `data/moved-${number}`]] };
};

const remove: Plan = scene => {
  const tracked = draw(
    scene,
    findTracked(scene).filter(({ out }) => !needed.has(out)),
  );
  const outs = scene.random.integer(2) === 0 ? ['--outs'] : [];
  return tracked && { commands: [['remove', tracked.file, ...outs]] };
};

const ignoreFiles: Plan = scene => {
  const folder = draw(
    scene,
    findTracked(scene).filter(({ out }) => isFolder(scene, out)),
  );
  if (folder === undefined) return undefined;
  const pattern = draw(scene, ['*.tmp', 'new', '!run.sh', '/data/**/even']);
  return {
    edit: all(
      write('.dvcignore', `# What nobody tracks.\n${pattern}\n`),
      write(`${folder.out}/x.tmp`, 'temporary'),
    ),
    commands: [['add', folder.out]],
  };
};

const unprotect: Plan = scene => {
  const tracked = drawTracked(scene);
  return tracked && { commands: [['unprotect', tracked.out]] };
};

/** All is in the cache first: what the cache lacks DVC throws away when it links again, Mainline does not. */
const linkAgain: Plan = scene => ({
  commands: [
    ['commit', '-f'],
    ['config', 'cache.type', draw(scene, ['hardlink', 'copy', 'hardlink,copy', 'symlink']) ?? 'copy'],
    ['checkout', '--relink', '-f'],
  ],
});

/** As DVC 2 wrote it: no `hash`, the object in the old place. */
const legacyEntry: Plan = scene => {
  if (has(scene, 'data/legacy.dvc')) return undefined;
  return {
    edit: all(
      write('data/legacy.dvc', 'outs:\n- md5: 5d41402abc4b2a76b9719d911017c592\n  size: 5\n  path: legacy\n'),
      write('.dvc/cache/5d/41402abc4b2a76b9719d911017c592', 'hello', 0o444),
      replace('data/.gitignore', /$/, '/legacy\n'),
    ),
    commands: [['checkout', 'data/legacy.dvc']],
  };
};

const importUrl: Plan = scene => {
  if (has(scene, 'data/import.dvc')) return undefined;
  return {
    edit: write('more/outside.txt', 'from elsewhere\n'),
    commands: [['import-url', 'more/outside.txt', 'data/import']],
  };
};

const freeze: Plan = scene => {
  const target = draw(scene, [
    ...findTracked(scene).map(({ file }) => file),
    'split',
    'more/dvc.yaml:gather',
  ]);
  const verb = draw(scene, ['freeze', 'unfreeze']) ?? 'freeze';
  return target === undefined ? undefined : { commands: [[verb, target]] };
};

export const DATA_STEPS = {
  'add a file': addFile,
  'add a folder': addFolder,
  'add several files by a pattern': addSeveral,
  'change tracked data and add': changeAndAdd,
  'change tracked data and commit': changeAndCommit,
  'change tracked data and check out': changeAndDiscard,
  'lose tracked data and check out': loseAndCheckout,
  'comment in a .dvc file and add': addWithComment,
  'move tracked data': move,
  'remove a .dvc file': remove,
  'ignore files and add': ignoreFiles,
  unprotect,
  'another type of link': linkAgain,
  'an entry of DVC 2': legacyEntry,
  'import a URL': importUrl,
  'freeze or unfreeze': freeze,
} satisfies Readonly<Record<string, Plan>>;
