import { createKnownValues, createRedactor } from '../src/index.ts';
import { readCorpus, type Row } from './corpus.ts';
import { heldOut, isRemoved, type KindScore } from './held-out/index.ts';
import { loadPeers } from './peers.ts';

/** Removed secrets and touched rows of one tool. */
interface Score {
  anchored: number;
  all: number;
  benign: number;
}

type Tool = (text: string) => Promise<string> | string;

async function scoreOf(rows: readonly Row[], tool: Tool): Promise<Score> {
  const score: Score = { anchored: 0, all: 0, benign: 0 };
  for (const row of rows) {
    const out = await tool(row.text);
    if (row.clean_kind === 'benign' && out !== row.text) score.benign++;
    for (const secret of row.label === 'secret' ? (row.secrets ?? []) : []) {
      if (!isRemoved(out, secret)) continue;
      score.all++;
      if (row.tier === 'anchored') score.anchored++;
    }
  }
  return score;
}

function totalsOf(rows: readonly Row[]): Score {
  const secrets = rows.filter(({ label }) => label === 'secret');
  const count = (list: readonly Row[]): number => list.reduce((sum, row) => sum + (row.secrets?.length ?? 0), 0);
  return {
    anchored: count(secrets.filter(({ tier }) => tier === 'anchored')),
    all: count(secrets),
    benign: rows.filter((row) => row.clean_kind === 'benign').length,
  };
}

function line(name: string, score: Score, totals: Score): string {
  const part = (key: keyof Score): string =>
    `${((100 * score[key]) / Math.max(1, totals[key])).toFixed(2)} % (${score[key]}/${totals[key]})`.padEnd(24);
  return `${name.padEnd(22)}${part('anchored')}${part('all')}${part('benign')}`;
}

/** Two halves by rule, so that a rule found in one is never in the other. */
const inHalf = (row: Row, half: 0 | 1): boolean => [...new Set(row.rule)].reduce((sum, c) => sum + c.charCodeAt(0), 0) % 2 === half;

const rows = readCorpus(process.env);
const redactor = createRedactor({ known: createKnownValues() });
const ours: Tool = (text) => redactor.text(text).text;
const peers = await loadPeers();
const secretlint: Tool = async (text) => {
  let out = text;
  for (const [start, end] of (await peers.secretlint(text)).toSorted((a, b) => b[0] - a[0]))
    out = `${out.slice(0, start)}[redacted]${out.slice(end)}`;
  return out;
};

const totals = totalsOf(rows);
const score = await scoreOf(rows, ours);
console.log(`${'rows'.padEnd(22)}${'anchored removed'.padEnd(24)}${'all removed'.padEnd(24)}benign touched`);
console.log(line('redaction', score, totals));
console.log(line('secretlint 13', await scoreOf(rows, secretlint), totals));
for (const half of [0, 1] as const) {
  const some = rows.filter((row) => inHalf(row, half));
  console.log(line(`redaction, half ${half + 1}`, await scoreOf(some, ours), totalsOf(some)));
}

/** Rates over all kinds; the kinds that fall short are named. */
function summary(name: string, verb: string, kinds: readonly KindScore[], isShort: (rate: number) => boolean): number {
  const done = kinds.reduce((sum, kind) => sum + kind.done, 0);
  const of = kinds.reduce((sum, kind) => sum + kind.of, 0);
  console.log(`${name.padEnd(22)}${((100 * done) / of).toFixed(2)} % (${done}/${of}) ${verb}, ${kinds.length} kinds`);
  for (const kind of kinds) {
    const rate = kind.done / kind.of;
    if (isShort(rate)) console.log(`    ${kind.kind.padEnd(30)}${(100 * rate).toFixed(1)} %`);
  }
  return done / of;
}

/** The rules were made with other seeds in view. */
const SEEDS = [11, 12, 13, 14, 15];
const ROUNDS = 20;
console.log('\ngenerated documents');
const made = await heldOut(ours, SEEDS, ROUNDS);
const removed = summary('redaction', 'secrets removed', made.secrets, (rate) => rate < 0.98);
const touched = summary('redaction', 'benign touched', made.benign, (rate) => rate > 0);
const inPieces =
  (cut: (text: string) => string[]): Tool =>
  (text) => {
    const chunks = redactor.chunks();
    return (
      cut(text)
        .map((piece) => chunks.write(piece))
        .join('') + chunks.end()
    );
  };
const byLine = inPieces((text) => text.split(/(?<=\n)/));
const bySixtyFour = inPieces((text) => text.match(/[^]{1,64}/g) ?? []);
summary('as a stream of lines', 'secrets removed', (await heldOut(byLine, SEEDS.slice(0, 2), ROUNDS)).secrets, () => false);
summary('in pieces of 64', 'secrets removed', (await heldOut(bySixtyFour, SEEDS.slice(0, 2), ROUNDS)).secrets, () => false);
const others = await heldOut(secretlint, SEEDS.slice(0, 1), ROUNDS);
summary('secretlint 13', 'secrets removed', others.secrets, () => false);
summary('secretlint 13', 'benign touched', others.benign, () => false);

const met =
  score.anchored >= 0.98 * totals.anchored &&
  score.all >= 0.94 * totals.all &&
  score.benign <= 0.005 * totals.benign &&
  removed >= 0.98 &&
  touched <= 0.005;
const targets = 'labelled rows 98 % anchored, 94 % all, 0.5 % benign; generated documents 98 % and 0.5 %';
console.log(`\n${met ? 'targets met' : 'TARGETS MISSED'}: ${targets}`);
process.exitCode = met ? 0 : 1;
