// A pipeline that meets the traps of DVC's formats: types of numbers, folded and quoted commands, names outside ASCII,
// folders, executables, empty outputs, outputs held by git, a working directory of its own.

export const PIPELINE = `stages:
  report:
    cmd: cat out/rows.txt out/metrics.json > out/report.txt
    deps: [out/rows.txt, out/metrics.json]
    outs:
      - out/report.txt:
          desc: what people read
          type: text
          labels: [a, b]
  copy:
    cmd: mkdir -p out && src/copy.sh ../../data/raw out/raw
    deps: [../../data/raw, src/copy.sh]
    outs: [out/raw]
  count:
    wdir: ../eta/out
    cmd: >-
      find raw -type f -exec cat {} + | wc -l | tr -d ' ' > rows.txt && printf '%s\\n' "it's done" && echo "a: b # c"  >> rows.txt
    deps: [raw]
    outs: [rows.txt]
  train:
    cmd:
      - mkdir -p out/plots out/empty
      - 'printf ''{"rmse": 0.25, "nested": {"n": 1}}'' > out/metrics.json'
      - printf 'step,loss\\n1,0.5\\n' > out/plots/loss.csv && cp params.yaml out/model.bin && chmod +x out/model.bin && echo a very long line that has to be folded
    deps: [out/raw/sub/x.csv, out/rows.txt]
    params: [train, seed, name, weights, conf.json: [rate, deep.x], whole.lr]
    outs: [out/model.bin, out/empty]
    metrics: [out/metrics.json: {cache: false}]
    plots: [out/plots: {x: step, cache: false}]
  lines:
    cmd: |
      mkdir -p out
      echo "é \${HOME:+home}" > out/lines.txt
      : > out/none.txt
    params:
      - conf.json:
    outs: [out/lines.txt, out/none.txt]
  free:
    cmd: mkdir -p out && echo free > out/free.txt
    outs: [out/free.txt]
  kept:
    cmd: mkdir -p out && cat out/free.txt >> out/kept.txt
    deps: [out/free.txt]
    outs: [out/kept.txt: {persist: true}]
  held:
    cmd: cp out/free.txt out/held.txt
    deps: [out/free.txt]
    outs: [out/held.txt: {cache: false}]
`.replaceAll('${', '\\${');

export const PARAMS_YAML = `train:
  lr: 0.00001
  layers: [8, 4.0, 1e-5, -0.0]
  flags: {on: true, off: False, none: ~, empty: [], nothing: {}}
  when: "2020-01-01"
  text: "yes: no # 1"
  octal: 0o14
  big: 123456789012345678901234567890
  grouped: 1_000
  long: a text of many words that goes on and on until it is longer than eighty characters and then some more
seed: 42
name: "é 😀 ﬀ"
weights: {0: 1.0, 1: 2.5, 10: 3}
size: 7
whole:
  lr: 2.0
`;

export const PARAMS_JSON = `{
\t"rate": 1e-3,
\t"deep": {"x": [1, 2.0, null, "a'b"]},
\t"10": 1,
\t"2": 1e22
}
`;
