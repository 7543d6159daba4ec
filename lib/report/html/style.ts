/** Colours, light and dark. Text colours keep 4.5 : 1 against every ground they stand on; a test measures it. */
export const PALETTES = {
  light: {
    ground: '#fafaf8',
    card: '#ffffff',
    text: '#1c2329',
    muted: '#545e68',
    rule: '#dcdfe0',
    link: '#1f5596',
    good: '#19663b',
    'good-tint': '#e7f3eb',
    bad: '#a8231b',
    'bad-tint': '#fbe9e7',
    warn: '#7a4b00',
    'warn-tint': '#fbf0d9',
    info: '#1f5596',
    'info-tint': '#e6eef8',
    plain: '#545e68',
    'plain-tint': '#eeefee',
  },
  dark: {
    ground: '#14171a',
    card: '#1b1f23',
    text: '#e4e7e9',
    muted: '#a2acb5',
    rule: '#343a40',
    link: '#8ebcf5',
    good: '#78cf9d',
    'good-tint': '#18291f',
    bad: '#ff9d93',
    'bad-tint': '#331b19',
    warn: '#ecbd6a',
    'warn-tint': '#2e2513',
    info: '#8ebcf5',
    'info-tint': '#18263a',
    plain: '#a2acb5',
    'plain-tint': '#262b30',
  },
};

const tokens = (palette: Record<string, string>) =>
  Object.entries(palette)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');

const tones = ['good', 'bad', 'warn', 'info', 'plain']
  .map((tone) => `.${tone}{--tone:var(--${tone});--tint:var(--${tone}-tint)}`)
  .join('');

export const STYLE = `
:root{color-scheme:light dark;${tokens(PALETTES.light)}}
@media (prefers-color-scheme:dark){:root{${tokens(PALETTES.dark)}}}
${tones}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;padding:1rem 1rem 3rem;max-width:60rem;background:var(--ground);color:var(--text);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere;font-variant-emoji:text}
h1,h2,h3,h4,h5,p,ul,ol,dl,dd{margin:0;padding:0}
h1,h2,h3,h4,h5{line-height:1.25;font-weight:650;text-wrap:balance}
h3{font-size:1.0625rem;margin:1.5rem 0 .5rem}
h4{font-size:1rem}
h5{font-size:.875rem;margin:1rem 0 .375rem}
p+p{margin-top:.375rem}
a{color:var(--link);text-underline-offset:.15em}
a:focus-visible,summary:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:4px}
code{font:.875em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.kind,.term,.state,.from,.support{color:var(--muted);font-size:.875rem}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.card{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:1rem}
.badge{display:inline-block;padding:.0625rem .5rem;border-radius:99px;background:var(--tint);color:var(--tone);font-size:.8125rem;font-weight:600;line-height:1.45}
.figure{font-size:1.25rem;font-weight:650;font-variant-numeric:tabular-nums}

.verdict{background:var(--tint);border-left:6px solid var(--tone);border-radius:10px;padding:1.125rem 1.125rem 1.25rem}
.service{font-weight:600;color:var(--text)}
h1{font-size:clamp(2.125rem,9vw,3.25rem);letter-spacing:-.02em;color:var(--tone);margin:.125rem 0}
.meaning{color:var(--tone);font-weight:600}
.summary{font-size:1.125rem;margin-top:.75rem;max-width:44rem}
.next{margin-top:1rem;max-width:44rem}
.next h2{font-size:1rem;margin-bottom:.25rem}
.next li{margin:.375rem 0 0 1.375rem;padding-left:.125rem}
.now{background:var(--card);border:2px solid var(--tone);border-radius:8px;padding:.75rem 1rem 1rem}
.now h2{font-size:1.1875rem;color:var(--tone)}
.failure{margin-top:1rem;max-width:44rem}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,7.5rem),1fr));gap:.75rem 1.25rem;margin-top:1rem}
.facts dt{color:var(--muted);font-size:.8125rem}
.verdict .facts dt{color:var(--text)}

nav ul{display:flex;flex-wrap:wrap;gap:.125rem 1rem;list-style:none;margin:1rem .25rem 0;font-size:.9375rem}
nav a{display:inline-block;padding:.3125rem 0;text-decoration:none}
nav a:hover{text-decoration:underline}
main>section{margin-top:2.25rem;scroll-margin-top:1rem}
main>section>h2{font-size:1.375rem;padding-bottom:.375rem;margin-bottom:.875rem;border-bottom:1px solid var(--rule)}
main ul:not([class]),.gaps{padding-left:1.25rem}
main li+li{margin-top:.375rem}
.cause+.cause{margin-top:1.25rem}
.cause h3{margin-top:0}
.cause h3::first-letter{text-transform:uppercase}

summary{cursor:pointer}
.way{border-top:1px solid var(--rule);padding:.625rem 0}
.way:first-of-type{border-top:0;padding-top:0}
.way>summary{padding:.25rem 0}
.way h3{display:inline;margin:0 .375rem 0 0}
.turn{white-space:nowrap}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,21rem),1fr));gap:1rem;margin:.625rem 0 .375rem}
.side{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:1rem}
.side h4{margin-bottom:.5rem}
.path{list-style:none;margin-top:.625rem}
.hop{position:relative;padding:0 0 .875rem 2.25rem;margin:0}
main .hop+.hop{margin-top:0}
.hop::before{content:"";position:absolute;left:.6875rem;top:1.5rem;bottom:0;border-left:2px solid var(--rule)}
.hop:last-child{padding-bottom:0}
.hop:last-child::before{display:none}
.hop.breaks::before,.hop.breaks~.hop::before{border-left-style:dotted}
.node{position:absolute;left:0;top:.0625rem;width:1.4375rem;height:1.4375rem;border-radius:50%;display:grid;place-items:center;
background:var(--tint);color:var(--tone);font-size:.8125rem;font-weight:700;line-height:1}
.node:empty{background:none}
.node:empty::after{content:"";width:.75rem;height:.75rem;border-radius:50%;border:2px solid var(--tone)}
.ids{line-height:1.4}
.ids code{display:inline-block;max-width:100%;margin-right:.375rem}
.hop p{color:var(--muted);font-size:.875rem;margin-top:.125rem}
.hop.breaks{padding-top:.625rem;padding-right:.625rem;margin:.125rem 0 .875rem;background:var(--bad-tint);border-radius:8px}
.hop.breaks .node{top:.6875rem;background:var(--bad);color:var(--card)}
.hop.breaks::before{top:2.25rem;bottom:-.875rem}
.hop.breaks .badge{background:var(--bad);color:var(--card)}
.hop.breaks p{color:var(--text)}
.why{margin-top:.875rem;font-size:.9375rem}
.path+.from,.why+.from{margin-top:1.25rem}

.options,.probes{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));gap:1rem}
.options h4{margin-bottom:.375rem}
.options .facts{grid-template-columns:1fr;gap:.25rem}
.options .facts div{display:grid;grid-template-columns:7rem 1fr;gap:.5rem}
.options .facts dt{padding-top:.125rem}
.chosen{border:2px solid var(--good)}
.steps{padding-left:1.5rem}
.steps li::marker{font-weight:650}
main .steps li+li{margin-top:1rem}
.steps p{margin-top:.25rem}
.stage{margin:1rem 0 .375rem}
.things,.rounds,.hand{padding-left:1.25rem}
main .things li+li,main .hand li+li{margin-top:.25rem}
.mind .term{color:var(--warn);font-weight:600}
.price{margin-top:.75rem}
.why strong{color:var(--bad)}
.pair{display:grid;grid-template-columns:4rem 1fr;align-items:baseline}
.checks{list-style:none}
.checks li{display:grid;grid-template-columns:1.5rem 1fr;color:var(--text)}
.checks .glyph{color:var(--tone);font-weight:700}
.checks strong{font-weight:600}
.checks p{color:var(--muted);font-size:.875rem;margin:0}
.checks .state{color:var(--tone);margin-left:.25rem;white-space:nowrap}
.turns{display:grid;grid-template-columns:1fr 1fr;gap:1rem;margin-top:.5rem}
.turns>:only-child{grid-column:1/-1}
.after{margin-top:.625rem}
.turns dt{color:var(--muted);font-size:.8125rem;margin-bottom:.125rem}
.turns p{font-size:.875rem;margin-top:.125rem}
.turns .figure{font-size:1.25rem;margin-top:.25rem}

table{border-collapse:collapse;width:100%}
caption{text-align:left}
th,td{text-align:left;vertical-align:top;padding:.625rem .75rem .625rem 0;border-top:1px solid var(--rule)}
thead th{font-size:.8125rem;font-weight:400;color:var(--muted);border-top:0;padding-top:0}
.findings tr>:first-child{width:8.5rem}
.findings tr:target{background:var(--info-tint)}
.findings td p{margin-top:.125rem}
.findings summary{color:var(--muted);font-size:.875rem;padding:.25rem 0}
.evidence{list-style:none;border-left:3px solid var(--rule);padding-left:.75rem;white-space:pre-wrap;font:.8125rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.timeline{margin-top:.75rem}
.timeline th{font-weight:600;width:1%}
.decision{margin-top:1.25rem}
.timeline th,.timeline td{padding:.4375rem .75rem .4375rem 0;border:0}
.clock{font-variant-numeric:tabular-nums;width:1%}
.timeline th,.timeline time,.timeline td:last-child{white-space:nowrap}
.timeline td:last-child{padding-right:0;text-align:right;color:var(--muted);font-size:.9375rem}
.timeline th::first-letter{text-transform:uppercase}
.spent svg{display:block;width:100%;height:6px;margin-top:.5625rem}
.rail{fill:var(--rule);opacity:.5}
.bar{fill:var(--info)}
footer{margin-top:2.5rem;padding-top:.25rem;border-top:1px solid var(--rule);font-size:.875rem}
footer .facts{grid-template-columns:repeat(auto-fit,minmax(min(100%,16rem),1fr))}

@media (max-width:30rem){
.timeline th,.timeline td{padding-right:.5rem}
.verdict{padding:1rem}
.findings tr>:first-child{width:6.5rem}
.findings .badge{border-radius:8px}
}
@media print{
:root{${tokens(PALETTES.light)};--ground:#fff}
body{max-width:none;padding:0;font-size:10pt}
nav{display:none}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.card,.side,.hop,.cause,tr,.steps li{break-inside:avoid}
h2,h3,h4{break-after:avoid}
details::details-content{content-visibility:visible;block-size:auto;display:block}
}
`;
