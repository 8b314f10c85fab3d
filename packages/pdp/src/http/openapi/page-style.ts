/** The whole style of the documentation page; its hash is what the content security policy lets through. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #5f6873; --paper: #fff; --panel: #f5f6f8; --line: #dfe3e8; --link: #0b5cad; --get: #0b6b3a; --post: #8a4b00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --soft: #9aa4af; --paper: #14171a; --panel: #1d2125; --line: #333a41; --link: #7ab8ff; --get: #62d394; --post: #ffb55c; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); display: grid; grid-template-columns: 18rem minmax(0, 56rem); gap: 3rem; justify-content: center; padding: 0 1.5rem; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 2rem 0; font-size: .9rem; }
nav h2 { font-size: .75rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft); margin: 1.2rem 0 .3rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: block; padding: .15rem 0; color: inherit; text-decoration: none; overflow-wrap: anywhere; }
nav a:hover { color: var(--link); }
main { padding: 2rem 0 6rem; min-width: 0; }
a { color: var(--link); }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 1rem; }
h2 { margin: 3rem 0 1rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { margin: 2.2rem 0 .3rem; font-size: 1.05rem; overflow-wrap: anywhere; }
h4 { margin: 1.2rem 0 .3rem; font-size: .85rem; color: var(--soft); }
code, pre { font: .875em/1.5 ui-monospace, Consolas, monospace; }
code { background: var(--panel); border-radius: 3px; padding: .1em .3em; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem; overflow-x: auto; }
pre code { background: none; padding: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); }
th { font-size: .8rem; color: var(--soft); font-weight: 600; }
.method { display: inline-block; min-width: 3.2em; font: 700 .75rem ui-monospace, Consolas, monospace; }
.get { color: var(--get); } .post { color: var(--post); }
.must { color: var(--post); font-size: .8em; }
.skip { position: absolute; left: -999rem; } .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem; z-index: 1; }
@media (max-width: 60rem) { body { display: block; padding: 0 1rem; } nav { position: static; height: auto; padding: 1rem 0 0; } main { padding-top: 1rem; } }
@media print { nav { display: none; } body { display: block; } }
`;
