/** The style of coverage pages, light and dark; all that a page loads. */
export const STYLE = `:root{color-scheme:light dark;--ink:#1c2024;--paper:#fcfcfd;--faint:#697078;--line:#e4e6ea;--good:#d9f2dd;--part:#fdf0c4;--none:#fbdcdc;--edge-good:#2b7a3d;--edge-part:#9a6b00;--edge-none:#b3261e}
@media (prefers-color-scheme:dark){:root{--ink:#e6e8ea;--paper:#16181b;--faint:#969da6;--line:#2c3036;--good:#1d3a25;--part:#43370f;--none:#4a1f1f;--edge-good:#7fd492;--edge-part:#e8c258;--edge-none:#ff9a92}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;max-width:70rem;padding:2rem 1rem}
h1{font-size:1.25rem;margin:0 0 1rem}h1 a{color:var(--faint)}
a{color:inherit}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line)}
th{color:var(--faint);font-weight:500}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
.source{font:13px/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;border:1px solid var(--line);border-radius:6px;overflow-x:auto;padding:.5rem 0}
.row{display:flex;white-space:pre}
.row .no{flex:none;width:4ch;padding:0 1ch;text-align:right;color:var(--faint);user-select:none}
.row .hits{flex:none;width:8ch;padding-right:1ch;text-align:right;color:var(--faint)}
.row .hits.never{color:var(--edge-none);font-weight:600}
mark{color:inherit;border-radius:3px;padding:1px 0}
mark.full{background:var(--good)}
mark.part{background:var(--part);box-shadow:inset 0 -2px var(--edge-part)}
mark.none{background:var(--none);box-shadow:inset 0 -2px var(--edge-none)}
.key{color:var(--faint);margin:1rem 0;display:flex;gap:1.25rem;flex-wrap:wrap}
.full-share{color:var(--edge-good)}.part-share{color:var(--edge-part)}.none-share{color:var(--edge-none)}
`;
