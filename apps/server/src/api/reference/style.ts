/** Style of the reference page; a file of its own, because pages allow no inline style. */
export const REFERENCE_STYLE = `:root { color-scheme: light dark; font: 16px/1.55 system-ui, sans-serif; }
body { margin: 0; overflow-wrap: anywhere; background: light-dark(#fff, #14161a); color: light-dark(#1a1d21, #e8eaed); }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem; }
a { color: light-dark(#0b57a4, #8ab8f0); }
code { font: 0.9em/1.5 ui-monospace, monospace; }
nav ul { columns: 22rem; padding-left: 1rem; }
section { border-top: 1px solid light-dark(#d5d9de, #353a41); margin-top: 2rem; }
h2 { font-size: 1.15rem; }
.method { font-weight: 700; }
.needs { color: light-dark(#4a5058, #b3bac3); }
table { border-collapse: collapse; }
caption { text-align: left; font-weight: 600; }
th, td { text-align: left; padding: 0.25rem 1rem 0.25rem 0; vertical-align: top; }
dt { font-weight: 600; }
dd { margin: 0 0 0.4rem 1.5rem; }
`;
