// The one style sheet of a report page. Every text color keeps WCAG AA (4.5 : 1) on every background it meets;
// a test computes it from this palette.

/** Colors of one theme, by the name of their CSS variable. */
export type Palette = Readonly<Record<keyof typeof light, string>>;

/** The palette for light screens and paper. */
export const light = {
  page: '#ffffff',
  raised: '#f5f6f8',
  ink: '#1c2128',
  quiet: '#57606a',
  rule: '#d5dae0',
  accent: '#1f5fbf',
  pass: '#1a7034',
  'pass-back': '#eaf6ec',
  fail: '#b42318',
  'fail-back': '#fdeeec',
  warning: '#8a5300',
  'warning-back': '#fdf4e1',
  'curve-2': '#b3500f',
  'curve-3': '#0f7466',
  'curve-4': '#8a3fa0',
};

/** The palette for dark screens. */
export const dark: Palette = {
  page: '#14171c',
  raised: '#1e232a',
  ink: '#e4e8ed',
  quiet: '#a0a9b4',
  rule: '#39414b',
  accent: '#7fb2ff',
  pass: '#6cc983',
  'pass-back': '#15281b',
  fail: '#ff958a',
  'fail-back': '#331a18',
  warning: '#e8b25c',
  'warning-back': '#2f2412',
  'curve-2': '#f0a065',
  'curve-3': '#5fcdbb',
  'curve-4': '#d6a0e8',
};

function variables(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, color]) => `--${name}:${color}`)
    .join(';');
}

/** CSS without any address in it. */
export const styleSheet = `
:root{color-scheme:light dark;${variables(light)}}
@media (prefers-color-scheme:dark){:root{${variables(dark)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.6 -apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,system-ui,sans-serif}
main{max-width:54rem;margin:0 auto;padding:2.75rem 1.5rem 5rem;overflow-wrap:break-word}
h1,h2,h3{line-height:1.25;text-wrap:balance}
h1{margin:0 0 1.25rem;font-size:1.9rem;letter-spacing:-.015em}
h2{margin:2.75rem 0 .75rem;padding-top:1.1rem;border-top:1px solid var(--rule);font-size:1.3rem;letter-spacing:-.01em}
h3{margin:1.9rem 0 .5rem;font-size:1.06rem}
p,ul,ol,pre,figure,details,.table,.notice{margin:0 0 1.1rem}
h3+.table{margin-top:.8rem}
p,li{max-width:44rem}
p,li,.long{text-wrap:pretty}
ul,ol{padding-left:1.4rem}
li{margin:.2rem 0}
li::marker,.muted{color:var(--quiet)}
strong{font-weight:650}
a{color:var(--accent)}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
code{padding:.1em .3em;border-radius:4px;background:var(--raised)}
pre{padding:.9rem 1.1rem;border-radius:8px;background:var(--raised);line-height:1.5;overflow-x:auto}
code.whole{white-space:nowrap}
pre code{padding:0;background:none;font-size:1em}
.pass{color:var(--pass)}.fail{color:var(--fail)}.warning{color:var(--warning)}
.sign{display:inline-block;min-width:1.05em;margin-right:.2em;font-weight:700}
.notice{display:flex;gap:.4rem;padding:.7rem 1rem;border-left:4px solid var(--quiet);border-radius:4px 8px 8px 4px;background:var(--raised)}
.notice.pass{border-color:var(--pass);background:var(--pass-back)}
.notice.fail{border-color:var(--fail);background:var(--fail-back)}
.notice.warning{border-color:var(--warning);background:var(--warning-back)}
.notice .words{color:var(--ink);min-width:0}
.notice code{background:none;padding:0}
.table{overflow-x:auto}
table{border-collapse:separate;border-spacing:0;min-width:min(100%,26rem);font-size:.94rem;line-height:1.4;font-variant-numeric:tabular-nums}
th,td{padding:.5rem 1.25rem .5rem 0;border-bottom:1px solid var(--rule);text-align:left;vertical-align:baseline;font-weight:400;white-space:nowrap}
.long{white-space:normal;min-width:10rem}
th:last-child,td:last-child{padding-right:.25rem}
thead>tr>*{padding-top:0;border-bottom-color:var(--quiet);color:var(--quiet);font-size:.86rem;font-weight:600;vertical-align:bottom}
.right{text-align:right}.center{text-align:center}
tr{background:var(--page)}
tr.chosen{background:var(--raised)}
tr.chosen>*{font-weight:650}
tr.chosen>:first-child{box-shadow:inset 3px 0 var(--accent);padding-left:.7rem}
details{border:1px solid var(--rule);border-radius:8px;padding:0 1rem}
details+details{margin-top:-.5rem}
summary{margin:0 -1rem;padding:.6rem 1rem;border-radius:8px;cursor:pointer;font-weight:600}
summary:focus-visible,.table:focus-visible,pre:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
details[open]>summary{margin-bottom:.5rem}
figure{padding:0}
figcaption{max-width:42rem;margin-bottom:.6rem;font-weight:600}
figure details{border:0;padding:0;margin:.25rem 0 0;font-size:.9rem}
figure summary{margin:0;padding:.2rem 0;color:var(--quiet);font-weight:400}
.narrow{display:none}
svg{display:block;max-width:100%;height:auto;font-size:13px;font-variant-numeric:tabular-nums}
svg text{fill:var(--ink)}
svg .tick,svg .title,svg .number,svg .legend,svg .reference-label{fill:var(--quiet)}
svg .strong{fill:var(--ink);font-weight:650}
svg .grid{stroke:var(--rule)}
svg .reference{stroke:var(--quiet);stroke-width:1.5;stroke-dasharray:4 4}
svg .mark{fill:var(--quiet);stroke:var(--quiet);stroke-width:2}
svg circle.mark,svg polygon.mark{stroke:var(--page)}
svg .chosen{fill:var(--accent);stroke:var(--accent)}
svg circle.chosen,svg polygon.chosen{stroke:var(--page)}
svg .points{fill:var(--accent);stroke:var(--accent);stroke-width:2}
svg circle.points{stroke:var(--page)}
svg .bar{fill:var(--accent)}
svg .whisker{stroke:var(--ink);stroke-width:1.5}
svg .curve{fill:none;stroke-width:2.25;stroke-linejoin:round}
svg .curve-1{stroke:var(--accent)}
svg .curve-2{stroke:var(--curve-2);stroke-dasharray:9 4}
svg .curve-3{stroke:var(--curve-3);stroke-dasharray:3 3}
svg .curve-4{stroke:var(--curve-4);stroke-dasharray:12 3 3 3}
@media (max-width:40rem){
main{padding:1.5rem 1rem 3rem}
h1{font-size:1.5rem}
h2{margin-top:2rem;font-size:1.2rem}
table{font-size:.88rem}
th,td{padding-right:.9rem}
.wide{display:none}
.narrow{display:block}
.long{min-width:8rem}
th:first-child{position:sticky;left:0;background:inherit}
}
@media print{
:root{color-scheme:light;${variables(light)}}
body{font-size:10.5pt}
main{max-width:none;padding:0}
h1,h2,h3,figcaption{break-after:avoid}
tr,svg,.notice{break-inside:avoid}
thead{display:table-header-group}
.table,pre{overflow:visible}
pre{white-space:pre-wrap}
.wide{display:block}
.narrow{display:none}
details::details-content{content-visibility:visible;display:block}
}
`.trim();
