export interface RunHit {
  start: number;
  end: number;
  rule: string;
}

/** Tokens whose shape says enough although they hold no fixed text. */
const SHAPES: readonly { rule: string; pattern: RegExp }[] = [
  { rule: 'discord-bot-token', pattern: /^[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}$/ },
  { rule: 'twilio-key', pattern: /^(?:SK|AC|AP)[0-9a-f]{32}$/ },
  { rule: 'airtable-token', pattern: /^pat[A-Za-z0-9]{14}\.[0-9a-f]{64}/ },
  { rule: 'crates-io-token', pattern: /^cio[A-Za-z0-9]{32}$/ },
];

/** First characters of the shapes, so that most runs are passed over at once. */
const HEADS = new Set(Array.from('MNOSAPpc', (c) => c.charCodeAt(0)));

/** Judges a run of token characters that no literal gave away. */
export function judgeRun(text: string, start: number, end: number): RunHit | undefined {
  if (end - start > 120 || end - start < 30) return undefined;
  if (!HEADS.has(text.charCodeAt(start))) return undefined;
  const run = text.slice(start, end);
  for (const { rule, pattern } of SHAPES) if (pattern.test(run)) return { start, end, rule };
  return undefined;
}
