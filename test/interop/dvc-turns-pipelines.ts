// Steps that run pipelines, or change what they are.
import {
  all,
  draw,
  type Edit,
  erase,
  has,
  lose,
  type Plan,
  replace,
  type Scene,
  write,
} from './dvc-turns-step.ts';

const REPRO = ['repro', '--all-pipelines'];

const repro: Plan = () => ({ commands: [REPRO] });

/** Few values, so that going back to inputs seen before happens often. */
function changeParameter(scene: Scene): Edit {
  const [pattern, values]: readonly [RegExp, readonly string[]] = draw(scene, [
    [/^lr: \S+/m, ['lr: 0.01', 'lr: 1e-05', 'lr: 2.0', 'lr: 2', 'lr: 1.0e+16']] as const,
    [/^layers: .*/m, ['layers: [8, 4.0, 1e-5]', 'layers: []', "layers: [yes, 'no', ~]"]] as const,
    [/^depths: .*/m, ['depths: [1, 2]', 'depths: [1]', 'depths: [1.5, a]']] as const,
  ]) ?? [/^/, []];
  return replace('params.yaml', pattern, draw(scene, values) ?? '');
}

function changeInput(scene: Scene): Edit {
  return (
    draw(scene, [
      changeParameter(scene),
      changeParameter(scene),
      replace('conf.json', /"rate": [^,]*/, `"rate": ${draw(scene, ['0.25', '1e-3', '7'])}`),
      replace('conf.toml', /name = .*/, `name = ${draw(scene, ['"t"', '"ü"', '12.50'])}`),
      replace(
        'settings.yaml',
        /colours: .*/,
        `colours: ${draw(scene, ['[red, green]', '[red]', '[red, blue]'])}`,
      ),
      replace('dvc.yaml', /small: \d+/, `small: ${draw(scene, ['3', '2', '1'])}`),
      write('more/input.txt', `${draw(scene, ['one', 'two'])}\n`),
    ]) ?? (() => undefined)
  );
}

const changeAndRepro: Plan = scene => ({ edit: changeInput(scene), commands: [REPRO] });

/** Without the outputs of earlier stages a dry run of DVC ends with an error; Mainline's says what would run. */
const changeAndReproInTurn: Plan = scene =>
  has(scene, 'work/train.csv') && has(scene, 'work/test.csv') && has(scene, 'work/clean/red.txt')
    ? {
        edit: all(changeInput(scene), changeInput(scene)),
        commands: [['repro', '--dry'], ['repro', 'split'], REPRO],
      }
    : undefined;

const reproSome: Plan = scene => {
  const words = draw(scene, [
    ['-s', 'split'],
    ['-f', 'measure'],
    ['--downstream', 'split'],
    ['--force-downstream', 'split'],
    ['-p', 'fit@cnn-1'],
    ['-R', 'more'],
    ['--glob', 'clean@*'],
    ['more/dvc.yaml:gather'],
    ['more/dvc.yaml'],
    ['--no-run-cache', 'folder'],
    ['--no-commit', 'clean@red'],
    ['-k'],
    ['--ignore-errors', '-f', 'measure'],
    ['split', 'more/dvc.yaml:log'],
    ['no-such-stage'],
  ]);
  return words && { edit: changeInput(scene), commands: [['repro', ...words]] };
};

/** Outputs go, then come back from the cache. */
const loseOutputs: Plan = scene => ({
  edit: lose(
    draw(scene, ['work', 'work/folder', 'more/gathered.txt', 'reports/plots', 'reports/metrics.json']) ?? '',
  ),
  commands: [draw(scene, [REPRO, ['checkout'], ['checkout', '--allow-missing', 'dvc.yaml']]) ?? REPRO],
});

/** Nothing but the run-cache knows what ran. */
const loseLock: Plan = scene =>
  has(scene, 'dvc.lock') ? { edit: lose('dvc.lock', 'work', 'reports/plots'), commands: [REPRO] } : undefined;

const commitStage: Plan = scene => {
  if (!has(scene, 'work/train.csv') || !has(scene, 'dvc.lock')) return undefined;
  return {
    edit: write('work/train.csv', `by hand ${scene.random.integer(3)}\n`),
    commands: [['commit', '-f', 'split']],
  };
};

function findStage(scene: Scene, name: string): boolean {
  return has(scene, `work/added-${name}.txt`) || has(scene, `.added-${name}`);
}

const addStage: Plan = scene => {
  const name = draw(
    scene,
    ['a', 'b', 'c', 'd'].filter(letter => !findStage(scene, letter)),
  );
  if (name === undefined) return undefined;
  const flags = draw(scene, [
    ['--always-changed'],
    ['-d', 'data/table.csv', '-p', 'lr,name'],
    ['-p', 'conf.json:rate', '--desc', 'a stage: "added"'],
    ['-w', 'more', '-d', 'input.txt'],
  ]);
  const kind = draw(scene, ['-o', '-O', '--outs-persist', '-m', '-M', '--plots']) ?? '-o';
  const out = flags?.includes('-w') ? `../work/added-${name}.txt` : `work/added-${name}.txt`;
  const command = `mkdir -p ${out.replace(/\/[^/]*$/, '')} && printf '{"${name}": 1}' > ${out}`;
  return {
    edit: write(`.added-${name}`, ''),
    commands: [['stage', 'add', '-n', `added-${name}`, ...(flags ?? []), kind, out, command], REPRO],
  };
};

const removeStage: Plan = scene => {
  const name = draw(
    scene,
    ['a', 'b', 'c', 'd'].filter(letter => has(scene, `.added-${letter}`)),
  );
  return name === undefined
    ? undefined
    : { edit: erase(`.added-${name}`), commands: [['remove', `added-${name}`]] };
};

/** The second command meets the work of the first one half done. */
const fail: Plan = () => ({
  edit: write(
    'broken/dvc.yaml',
    'stages:\n  first: {cmd: echo 1 > a.txt, outs: [a.txt]}\n  second: {cmd: exit 3, deps: [a.txt], outs: [b.txt]}\n  third: {cmd: cat b.txt b.txt > c.txt, deps: [b.txt], outs: [c.txt]}\n  fourth: {cmd: echo 4 > d.txt, outs: [d.txt]}\n',
  ),
  commands: [
    ['repro', 'broken/dvc.yaml'],
    ['repro', '-k', 'broken/dvc.yaml'],
  ],
});

/** What a failed run made is ignored by hand: DVC forgets it for good, Mainline only until a run succeeds. */
const mend: Plan = scene =>
  has(scene, 'broken/dvc.yaml')
    ? {
        edit: all(
          replace('broken/dvc.yaml', 'exit 3', 'cat a.txt a.txt > b.txt'),
          write('broken/.gitignore', '/a.txt\n/d.txt\n'),
        ),
        commands: [['repro', 'broken/dvc.yaml']],
      }
    : undefined;

export const PIPELINE_STEPS = {
  repro,
  'change inputs and repro': changeAndRepro,
  'change inputs, repro dry, in part and whole': changeAndReproInTurn,
  'repro with options': reproSome,
  'lose outputs': loseOutputs,
  'lose dvc.lock and repro': loseLock,
  'commit the output of a stage': commitStage,
  'add a stage': addStage,
  'remove a stage': removeStage,
  'a stage fails': fail,
  'a failing stage is mended': mend,
} satisfies Readonly<Record<string, Plan>>;
