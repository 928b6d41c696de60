// What the repository of the turns begins with: pipelines with every kind of stage, their parameters and their data.
import { all, type Edit, write } from './dvc-turns-step.ts';

const PIPELINE = `# Two tools work on this file.
vars:
  - settings.yaml
  - sizes: {small: 3, large: 30}
stages:
  split:
    cmd: mkdir -p work && head -n \${sizes.small} data/table.csv > work/train.csv && tail -n 2 data/table.csv > work/test.csv
    deps: [data/table.csv]
    outs: [work/train.csv, work/test.csv]
  # One of each colour.
  clean:
    foreach: \${colours}
    do:
      cmd: mkdir -p work/clean && cat data/pictures/a.txt > work/clean/\${item}.txt && echo \${item} >> work/clean/\${item}.txt
      deps: [data/pictures]
      outs:
        - work/clean/\${item}.txt
  fit:
    matrix:
      model: [cnn, tree]
      depth: \${depths}
    cmd: mkdir -p work/fit && (cat work/train.csv; echo \${item.model} \${item.depth}) > work/fit/\${key}.bin
    deps: [work/train.csv]
    params: [lr, layers]
    outs:
      - work/fit/\${key}.bin
  measure:
    wdir: reports
    cmd:
      - 'printf ''{"rmse": %s, "rows": 3}'' "$(grep -o "[0-9.]*" ../conf.json | head -n 1)" > metrics.json'
      - mkdir -p plots && printf 'step,loss\\n1,0.5\\n' > plots/loss.csv
    deps: [../work/test.csv]
    params:
      - ../conf.json: [rate]
      - ../conf.toml: [tool.name]
    metrics: [metrics.json: {cache: false}]
    plots: [plots/loss.csv: {x: step, y: loss}]
  folder:
    cmd: mkdir -p work/folder/deep && cp work/clean/*.txt work/folder && echo "é" > work/folder/deep/ü.txt
    deps: [work/clean/red.txt]
    outs: [work/folder]
metrics: [summary.json]
`;

const SECOND_PIPELINE = `stages:
  gather:
    desc: what stands in another folder
    cmd: cat ../work/train.csv input.txt > gathered.txt
    deps: [../work/train.csv, input.txt]
    outs:
      - gathered.txt:
          desc: all of it
          labels: [a, b]
    meta: {owner: data}
  always:
    cmd: echo always > always.txt
    always_changed: true
    outs: [always.txt]
  log:
    cmd: cat input.txt >> log.txt
    deps: [input.txt]
    outs: [log.txt: {persist: true}]
  held:
    frozen: true
    cmd: cp input.txt held.txt
    deps: [input.txt]
    outs: [held.txt: {cache: false}]
`;

export const PARAMS = 'lr: 0.01 # a comment\nlayers: [8, 4.0, 1e-5]\nname: "é"\ndepths: [1, 2]\n';

export const createStart: Edit = all(
  write('dvc.yaml', PIPELINE),
  write('more/dvc.yaml', SECOND_PIPELINE),
  write('more/input.txt', 'one\n'),
  write('more/held.txt', 'held\n'),
  write('params.yaml', PARAMS),
  write('settings.yaml', 'colours: [red, green]\n'),
  write('conf.json', '{"rate": 0.25, "deep": {"x": [1, 2.0, null]}}\n'),
  write('conf.toml', '[tool]\nname = "t"\nsize = 1e3\n'),
  write('summary.json', '{"all": 1, "deep": {"rmse": 0.5}}\n'),
  write('reports/README.md', '# Reports\n'),
  write('data/table.csv', 'a,1\nb,2\nc,3\nd,4\ne,5\n'),
  write('data/pictures/a.txt', 'picture a\n'),
  write('data/pictures/deep/ﬀ.txt', ''),
  write('data/pictures/deep/\u{1f600}.txt', 'smile\n'),
);
