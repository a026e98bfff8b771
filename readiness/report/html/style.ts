/** Colours have at least 4.5 : 1 for text, 3 : 1 for bars, in both schemes. */
export const style = `
:root { color-scheme: light dark; --page: #ffffff; --box: #f5f6f8; --text: #1b1f24; --soft: #545b64; --line: #cfd4da;
  --link: #0a56b0; --good: #12723a; --bad: #b3231b; --caution: #8a5300; --good-box: #e2f4e8; --bad-box: #fde7e5;
  --caution-box: #fdf0d9; --track: #e3e6ea; --limit: #1b1f24;
  --s1: #2f6fbf; --s2: #b45a12; --s3: #2e8555; --s4: #8b51ad; --s5: #b83280; --s6: #6b6f12; --s7: #0f7d8c; --s8: #6a6f78; }
@media (prefers-color-scheme: dark) { :root { --page: #14171b; --box: #1d2126; --text: #e8eaed; --soft: #a9b0b9;
  --line: #3a414a; --link: #86b7ff; --good: #6fd394; --bad: #ff9a91; --caution: #f2bd63; --good-box: #17301f;
  --bad-box: #3d1d1b; --caution-box: #36290f; --track: #2b3037; --limit: #ffffff;
  --s1: #6ea8f0; --s2: #e59a5c; --s3: #63c08e; --s4: #c093de; --s5: #ee7fbb; --s6: #c2c65a; --s7: #55c2d1; --s8: #a4abb5; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header, main, footer { max-width: 1280px; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.25rem; }
h1 { font-size: 1.35rem; margin: 0; line-height: 1.3; }
h2 { font-size: 1.2rem; margin: 2.25rem 0 .5rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.25rem 0 .5rem; }
a { color: var(--link); text-underline-offset: 2px; }
p { margin: .4rem 0; max-width: 90ch; }
ul { margin: .3rem 0; padding-left: 1.2rem; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--page); padding: .3rem .6rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1rem; list-style: none; padding: 0; margin: .6rem 0 0; }
nav a { display: inline-block; padding: .15rem 0; }
.stated, .detail, .count, .role, .place { color: var(--soft); font-size: .87rem; font-weight: normal; }
#verdict h2 { margin-top: 1.25rem; }
.verdict { font-size: 1.3rem; line-height: 1.35; font-weight: 600; padding: .8rem 1rem; border-left: 5px solid; border-radius: 4px; max-width: none; }
.verdict.ready { background: var(--good-box); border-color: var(--good); }
.verdict.deployable { background: var(--caution-box); border-color: var(--caution); }
.verdict.refused { background: var(--bad-box); border-color: var(--bad); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.2rem, 1fr)); gap: .75rem; margin: 1rem 0; }
.tiles > div { background: var(--box); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .8rem; display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.tiles dt { color: var(--soft); font-size: .87rem; order: 0; }
.tiles dd { margin: 0; display: contents; }
.tiles dd b { font-size: 1.45rem; line-height: 1.2; order: 2; }
.tiles dd span { font-size: .82rem; color: var(--soft); order: -1; }
.missing { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: .3rem 1.5rem; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; margin: .6rem 0; }
.scroll.tall { max-height: 40rem; overflow-y: auto; }
.tall thead th { position: sticky; top: 0; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; }
caption { text-align: left; color: var(--soft); padding: .5rem .7rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem; border-top: 1px solid var(--line); overflow-wrap: break-word; max-width: 20rem; }
thead th { background: var(--box); vertical-align: bottom; }
tbody th { font-weight: 600; }
td:not(.number):not(.wide) { min-width: 5rem; }
.wide { min-width: 17rem; max-width: 40rem; }
tbody th:not(.wide) { min-width: 8.5rem; }
#matrix table { font-size: .82rem; }
#matrix tbody th, #matrix thead th, #matrix td:not(.number):not(.wide) { min-width: 0; padding-inline: .35rem; }
.id { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
thead .number { white-space: normal; }
tr:target { background: var(--caution-box); }
.badge { display: inline-block; padding: 0 .45rem; border-radius: 4px; font-size: .82rem; font-weight: 600; white-space: nowrap; background: var(--track); color: var(--text); }
.badge.pass, .badge.fits { background: var(--good-box); color: var(--good); }
.badge.fail, .badge.doesNotFit, .badge.critical { background: var(--bad-box); color: var(--bad); }
.badge.open, .badge.unknown, .badge.warning, .badge.waived { background: var(--caution-box); color: var(--caution); }
.none { color: var(--soft); }
.box { background: var(--box); border: 1px solid var(--line); border-radius: 6px; padding: .3rem 1rem .7rem; min-width: 0; }
.box h3 { margin-top: .5rem; }
.regions { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 1rem; margin-bottom: 1rem; }
.box dl { margin: 0; display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .25rem .8rem; }
.box dt { color: var(--soft); }
.box dd { margin: 0; }
.names { list-style: none; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: .3rem; }
.names li { border: 1px solid var(--line); background: var(--page); border-radius: 4px; padding: 0 .4rem; font-size: .85rem; max-width: 100%; }
.connectors { display: block; width: 100%; height: 20px; }
.connectors path { fill: none; stroke: var(--soft); stroke-width: 2; vector-effect: non-scaling-stroke; }
.legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .85rem; }
.swatch { width: .8rem; height: .8rem; margin-right: .35rem; }
.bars { display: grid; gap: .45rem; margin: .5rem 0; }
.bar-row { display: grid; grid-template-columns: minmax(0, 21rem) minmax(0, 1fr) 11rem; gap: 0 .8rem; align-items: center; }
.bar-row > details, .bar-row > p { grid-column: 2 / -1; font-size: .85rem; }
.bar-name, .bar-value { font-size: .88rem; }
.bar { display: block; width: 100%; height: 20px; overflow: hidden; }
.track { fill: var(--track); }
.limit { stroke: var(--limit); stroke-width: 3; }
.limit-swatch { fill: var(--limit); }
.good { fill: var(--good); } .bad { fill: var(--bad); } .caution { fill: var(--caution); }
.series-1 { fill: var(--s1); } .series-2 { fill: var(--s2); } .series-3 { fill: var(--s3); } .series-4 { fill: var(--s4); }
.series-5 { fill: var(--s5); } .series-6 { fill: var(--s6); } .series-7 { fill: var(--s7); } .series-8 { fill: var(--s8); }
b, li, td, tbody th { unicode-bidi: isolate; }
details { margin: .3rem 0; }
summary { cursor: pointer; padding: .15rem 0; }
summary:hover { text-decoration: underline; }
code { font: .87em ui-monospace, monospace; background: var(--box); border-radius: 3px; padding: .05rem .25rem; }
.command { display: inline-flex; flex-wrap: wrap; gap: .3rem; align-items: center; }
button, input, select { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--soft); border-radius: 4px; padding: .25rem .5rem; max-width: 100%; }
.copy { font-size: .78rem; padding: 0 .4rem; cursor: pointer; min-height: 24px; position: relative; }
.place { display: block; }
#filter { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; margin-top: 2rem; padding: .7rem .9rem; background: var(--box); border: 1px solid var(--line); border-radius: 6px; }
#filter[hidden], tr[hidden] { display: none; }
#filter label { display: grid; font-size: .85rem; color: var(--soft); }
#search { width: min(24rem, 100%); }
.proofs { list-style: none; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: 0 .6rem; }
footer { padding-top: 2rem; padding-bottom: 2rem; color: var(--soft); font-size: .87rem; }
@media (max-width: 1000px) {
  .wide { max-width: 22rem; }
  .bar-row { grid-template-columns: minmax(0, 15rem) minmax(0, 1fr) 10rem; }
}
@media (max-width: 760px) {
  header, main, footer { padding-left: .9rem; padding-right: .9rem; }
  .bar-row { grid-template-columns: minmax(0, 1fr); }
  .bar-row > details, .bar-row > p { grid-column: 1; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .5rem; }
  .tiles > div:last-child:nth-child(odd) { grid-column: 1 / -1; }
  .verdict { font-size: 1.1rem; }
}
@media print {
  nav, #filter, .copy, .skip { display: none !important; }
  .scroll, .scroll.tall { overflow: visible; max-height: none; border: 0; }
  table { font-size: .7rem; } th, td, .wide, tbody th:not(.wide), td:not(.number):not(.wide) { min-width: 0; overflow-wrap: anywhere; padding: .2rem .3rem; }
  tr, .box, .bar-row { break-inside: avoid; }
}
`;
