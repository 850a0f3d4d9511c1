import { hash } from 'node:crypto';
import { DARK, LIGHT, PALETTE_NAMES, type Palette } from './palette.ts';

const variables = (palette: Palette): string =>
  PALETTE_NAMES.map(
    (name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}:${palette[name]}`,
  ).join(';');

const RULES = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth;scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:400 1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif}
.skip{position:absolute;left:-100vw}
.skip:focus{left:1rem;top:1rem;background:var(--card);color:var(--accent);padding:.5rem 1rem;z-index:2}
a{color:var(--accent);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.page{display:grid;grid-template-columns:13.5rem minmax(0,54rem);gap:0 3.5rem;justify-content:center;padding:0 2rem}
header{grid-column:2;padding:3rem 0 1.5rem}
header .tool{margin:0;color:var(--quiet);font-size:.8rem;letter-spacing:.09em;text-transform:uppercase}
h1,h2,h3{font-family:Charter,"Bitstream Charter","Iowan Old Style",Palatino,"Noto Serif","Liberation Serif",Georgia,serif;font-weight:600;line-height:1.2;text-wrap:balance}
h1{font-size:2.1rem;margin:.3rem 0 .6rem;overflow-wrap:anywhere}
h2{font-size:1.45rem;margin:0 0 .35rem}
h3{font-size:1.08rem;margin:1.8rem 0 .4rem}
header .about,.lead,figcaption,caption,.note{color:var(--quiet)}
header .about{margin:0;overflow-wrap:anywhere}
.lead{margin:0 0 1.1rem;max-width:44rem}
.note{font-size:.9rem;max-width:44rem;margin:.6rem 0 0}
nav{grid-column:1;grid-row:1/span 2;align-self:start;position:sticky;top:0;max-height:100vh;overflow-y:auto;padding:3.2rem 0 2rem;font-size:.9rem}
nav ol{list-style:none;margin:0;padding:0;border-left:2px solid var(--line)}
nav a{display:block;padding:.22rem 0 .22rem 1rem;text-decoration:none;color:var(--quiet)}
nav a:hover{color:var(--accent);text-decoration:underline}
main{grid-column:2;padding-bottom:2rem}
section{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1.6rem 1.8rem 1.8rem;margin:0 0 1.4rem}
.verdict{border-left-width:.55rem;padding:1.8rem 2rem}
.verdict.good{border-color:var(--good);background:var(--good-paper)}
.verdict.bad{border-color:var(--bad);background:var(--bad-paper)}
.verdict.open{border-color:var(--open);background:var(--open-paper)}
.verdict h2{display:flex;align-items:center;gap:.7rem;font-size:1.95rem;letter-spacing:.01em}
.verdict .mark{width:2.1rem;height:2.1rem;flex:none}
.good h2,.word.good{color:var(--good)}
.bad h2,.word.bad{color:var(--bad)}
.open h2,.word.open{color:var(--open)}
.mark circle{fill:currentColor}
.mark path{fill:none;stroke:var(--card);stroke-width:3;stroke-linecap:round;stroke-linejoin:round}
.verdict .lead{color:var(--ink);font-size:1.08rem}
.word{font-weight:600;white-space:nowrap}
.whole{white-space:nowrap}
ul,ol{padding-left:1.3rem;margin:.4rem 0}
li{margin:.3rem 0;overflow-wrap:anywhere}
.reasons{list-style:none;padding:0}
.reasons li{padding:.45rem 0;border-top:1px solid var(--line)}
.reasons .from{color:var(--quiet);font-size:.88rem;display:block}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(6.2rem,1fr));gap:.9rem 1.6rem;margin:0 0 .4rem}
.figures div{border-top:2px solid var(--line);padding-top:.5rem}
.figures dt{color:var(--quiet);font-size:.86rem}
.figures dd{margin:0;font:600 1.3rem/1.3 Charter,"Bitstream Charter","Noto Serif","Liberation Serif",Georgia,serif;font-variant-numeric:tabular-nums}
.pairs{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:.4rem 2.4rem}
.scroll{overflow-x:auto;margin:0 0 .4rem;container-type:inline-size}
table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-size:.88rem;padding:.9rem 0 .4rem;caption-side:top}
caption span{display:block;position:sticky;left:0;max-width:100cqi}
th,td{text-align:left;vertical-align:top;padding:.42rem .9rem .42rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th:last-child,td:last-child{padding-right:0}
thead th{font-size:.82rem;font-weight:600;color:var(--quiet);white-space:nowrap;vertical-align:bottom}
tbody th{font-weight:500;min-width:9rem}
.number{text-align:right;white-space:nowrap}
td .bar{display:block;width:100%;min-width:6rem;height:.62rem;margin-top:.42rem}
.facts th{width:13rem;color:var(--quiet);font-weight:500}
.column{fill:var(--bar)}
.column:hover{fill:var(--accent)}
.track{fill:var(--track)}
figure{margin:1rem 0 .4rem}
figcaption{font-size:.88rem;margin:0 0 .5rem}
.chart{display:block;width:100%;min-width:34rem;height:auto}
.grid{stroke:var(--line);stroke-width:1}
.scale{fill:var(--quiet);font-size:11px;font-family:inherit}
details{margin:.6rem 0}
summary{cursor:pointer;color:var(--accent);font-size:.92rem}
code,pre{font:.86em/1.5 ui-monospace,SFMono-Regular,Menlo,"Noto Sans Mono","DejaVu Sans Mono","Liberation Mono",monospace}
code{overflow-wrap:anywhere}
pre{background:var(--track);border-radius:.4rem;padding:.8rem 1rem;margin:.3rem 0 1rem;white-space:pre-wrap;overflow-wrap:anywhere}
.named{font:.78em/1 ui-monospace,Menlo,"DejaVu Sans Mono",monospace;color:var(--bad);border:1px solid currentColor;border-radius:.25em;padding:0 .25em;margin:0 .1em;white-space:nowrap}
footer{grid-column:2;color:var(--quiet);font-size:.88rem;padding:.5rem 0 3rem;overflow-wrap:anywhere}
@media (max-width:66rem){
.page{grid-template-columns:minmax(0,54rem);padding:0 1.4rem}
header,main,footer,nav{grid-column:1}
nav{grid-row:auto;position:static;max-height:none;padding:0 0 1.2rem}
nav ol{border:0;display:flex;flex-wrap:wrap;gap:.1rem 1.1rem}
nav a{padding:.25rem 0;text-decoration:underline}
header{padding:2rem 0 1rem}
}
@media (max-width:40rem){
.page{padding:0 .8rem}
section{padding:1.2rem 1.05rem 1.3rem}
.verdict{padding:1.3rem 1.1rem}
h1{font-size:1.6rem}
.verdict h2{font-size:1.55rem}
.facts th{width:8rem;min-width:0}
.wide{min-width:36rem}
tbody th{min-width:5.5rem}
.wide tbody th,.wide thead th:first-child{position:sticky;left:0;background:var(--card);max-width:8.5rem}
}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
@media (forced-colors:active){.column,.track{forced-color-adjust:none}}
`;

const PRINT = `
@page{margin:17mm 16mm;@bottom-left{content:"Mailproof report";font:8pt sans-serif}@bottom-right{content:"Page " counter(page) " of " counter(pages);font:8pt sans-serif}}
html{font-size:9.6pt}
body{background:none}
.page{display:block;padding:0}
nav,.skip{display:none}
header{padding:0 0 4mm}
h1{font-size:19pt}
section{border:0;border-radius:0;padding:0;margin:0 0 7mm}
.verdict{border:1px solid;border-left-width:2mm;padding:5mm;-webkit-box-decoration-break:clone;box-decoration-break:clone;print-color-adjust:exact;-webkit-print-color-adjust:exact}
h2,h3,.lead,caption,figcaption{break-after:avoid}
.figures{grid-template-columns:repeat(6,auto);gap:.9rem}
figure,tr,pre,li,.figures,.pairs .scroll{break-inside:avoid}
thead{display:table-header-group;break-after:avoid}
tbody tr:first-child{break-before:avoid}
.scroll{overflow:visible;container-type:normal}
caption span{position:static;max-width:none}
.chart{min-width:0}
.bar,.chart,.named,pre{print-color-adjust:exact;-webkit-print-color-adjust:exact}
summary{color:inherit;list-style:none;font-weight:600;break-after:avoid}
details::details-content{content-visibility:visible;block-size:auto}
a{color:inherit;text-decoration:none}
footer{padding:0}
`;

/** Light, dark where the reader's system asks for it, and light again on paper. */
export const STYLE = `:root{color-scheme:light dark;${variables(LIGHT)}}
@media screen and (prefers-color-scheme:dark){:root{${variables(DARK)}}}
${RULES.trim()}
@media print{:root{color-scheme:light}
${PRINT.trim()}
}`;

/**
 * No script, no network, no frame, no form, and of styles this one only. A text from the mailbox that got through unescaped
 * could neither run nor call home.
 */
export const POLICY = `default-src 'none'; style-src 'sha256-${hash('sha256', STYLE, 'base64')}'; base-uri 'none'; form-action 'none'`;
