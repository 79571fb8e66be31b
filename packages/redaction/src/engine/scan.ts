import { ALNUM, classAt, RUN } from './chars.ts';
import { type Area, areaFor, BLOCK } from './collector.ts';
import { ContextFinder } from './context.ts';
import type { Action, CompiledFormat, Engine } from './engine.ts';
import { LONGEST, stands } from './grams.ts';
import { LoginFinder } from './logins.ts';
import type { Names } from './names.ts';
import { PhaseMemo } from './memo.ts';
import { ArmourFinder } from './pem.ts';
import { LEAST_REPEATED, REPEATS_AT_ONCE, Repeats } from './repeats.ts';
import { dullWord, judgeRun } from './runs.ts';
import { Text } from './text.ts';
import { UrlFinder } from './url.ts';
import { decode, decodedRun, dumpView, encodedRegion, isCodeAt, type Region, type View, withoutInvisible } from './views.ts';

/** A stretch to be masked, and the rule that found it. */
export interface Hit {
  start: number;
  end: number;
  rule: string;
  /** 0 known value, 1 format, 2 key name. The lowest names a mask that several rules share. */
  rank: 0 | 1 | 2;
}

/** Where something stands that text after it may make a secret of, or be made one by. */
export interface Trigger {
  at: number;
  kind: Exclude<Action['kind'], 'format'>;
}

export interface ScanResult {
  hits: Hit[];
  /** Only where more text may follow. */
  triggers: Trigger[];
  /** From here on nothing may be released before more data is seen; `to` when everything may. */
  hold: number;
}

/** How many times text inside decoded text is decoded again. */
const DEPTH = 3;
/** Shortest run of token characters that is looked at without a literal in it. */
const SHORTEST_RUN = 16;
const LONGEST_RUN = 65_536;
/** Known values up to this length are not looked for again where a text repeats itself so far around. */
const LONGEST_REPEATED = 512;
const AROUND = 3_072;
/** The same of stretches with codes, from this length on. */
const LEAST_DECODED = 1_024;

/**
 * Looks for everything secret that begins in [from, to). Text before `from` is context only.
 *
 * @param final false when more text may follow, so that a match that reaches the end is held back
 */
export function scan(engine: Engine, text: string, from: number, to: number, final: boolean, depth = 0): ScanResult {
  return new Scan(engine, text, from, to, final, depth).run();
}

/** The same for a whole text that the collector has looked over where it was put in place. */
export function scanNoted(engine: Engine, text: string, area: Area): ScanResult {
  return new Scan(engine, text, 0, text.length, true, 0).noted(area);
}

class Scan {
  readonly #engine: Engine;
  readonly #text: string;
  readonly #around: Text;
  readonly #from: number;
  readonly #to: number;
  readonly #final: boolean;
  readonly #depth: number;
  #area: Area | undefined;
  #context: ContextFinder | undefined;
  #armour: ArmourFinder | undefined;
  #logins: LoginFinder | undefined;
  #urls: UrlFinder | undefined;
  #repeats: Repeats | undefined;
  /** What was found in stretches around codes, all counted from the code, by its phase. */
  #codes: PhaseMemo<{ start: number; end: number; hits: readonly Hit[] }> | undefined;
  /** Phases of words that belong to no known value. */
  #strange: PhaseMemo<true> | undefined;
  readonly #hits: Hit[] = [];
  readonly #triggers: Trigger[] = [];
  #hold: number;
  /** End of the last format or armour found. */
  #covered = 0;
  #knownCovered = 0;
  #runCovered = 0;
  #dumpCovered = 0;
  /** End of the stretch that was decoded last, and where the next may begin. */
  #decoded = 0;
  #decodedFrom: number;
  #invisible = false;

  constructor(engine: Engine, text: string, from: number, to: number, final: boolean, depth: number) {
    this.#engine = engine;
    this.#text = text;
    this.#around = new Text(text);
    this.#from = from;
    this.#to = to;
    this.#final = final;
    this.#depth = depth;
    this.#hold = to;
    this.#decodedFrom = from;
  }

  run(): ScanResult {
    const { grams, needles } = this.#engine;
    const area = areaFor(this.#depth, grams.image, needles.filter);
    this.#area = area;
    for (let at = this.#from; at < this.#to; at += BLOCK) {
      area.collect(this.#text, at, Math.min(BLOCK, this.#to - at));
      this.#invisible ||= area.invisible;
      this.#visit(area, at);
    }
    return this.#result();
  }

  noted(area: Area): ScanResult {
    this.#area = area;
    this.#invisible = area.invisible;
    this.#visit(area, 0);
    return this.#result();
  }

  #result(): ScanResult {
    if (this.#depth < DEPTH && this.#invisible) for (const view of withoutInvisible(this.#text, this.#from, this.#to)) this.#look(view);
    return { hits: this.#hits, triggers: this.#triggers, hold: this.#hold };
  }

  #visit(area: Area, base: number): void {
    const { words, runs, codes, wordCount, runCount, codeCount } = area;
    do this.#literals(area);
    while (area.more());
    for (let i = 0; i < wordCount; i++) this.#known(base + (words[i] as number));
    for (let i = 0; i < runCount; i++)
      this.#run(base + (runs[3 * i] as number), base + (runs[3 * i + 2] as number), base + (runs[3 * i + 1] as number));
    for (let i = 0; i < codeCount; i++) this.#code(base + (codes[i] as number));
  }

  #literals(area: Area): void {
    const { literals, literalCount, first } = area;
    const { grams } = this.#engine;
    for (let i = 0; i < literalCount; i++) {
      const found = literals[i] as number;
      const { literal, fold, action } = grams.probe(found >>> 16);
      const start = first + (found & 0xffff);
      if (literal.length <= LONGEST || stands(this.#text, literal, start, fold)) this.#act(action, start);
    }
  }

  /** What may be the `@` of a URL, an encoded character or an invisible one. */
  #code(at: number): void {
    const text = this.#text;
    const unit = text.charCodeAt(at);
    if (unit === 0x40) {
      if (!this.#engine.urls) return;
      this.#urls ??= new UrlFinder(text);
      const found = this.#urls.find(at);
      if (found !== undefined) this.#add(found.start, Math.min(found.end, this.#to), 'url-credentials', 1);
      return;
    }
    if (this.#depth >= DEPTH || at < this.#decoded) return;
    if (unit >= 0x80) {
      this.#invisible = true;
      return;
    }
    if (!isCodeAt(text, at)) return;
    const region = encodedRegion(text, at, this.#decodedFrom, this.#to);
    this.#encoded(region, at);
    this.#decoded = region.end;
    this.#decodedFrom = Math.max(at, region.end - 256);
  }

  /** Looks at what a stretch around a code stands for. Where the text repeats itself, that was found before. */
  #encoded(region: Region, at: number): void {
    const repeats = region.end - region.start < LEAST_DECODED ? undefined : this.#repeating();
    const phase = repeats === undefined ? -1 : repeats.phase(at - AROUND, REPEATS_AT_ONCE);
    const kept = phase < 0 ? undefined : this.#codes?.at(phase);
    if (kept !== undefined && kept.start === region.start - at && kept.end === region.end - at) {
      for (const { start, end, rule, rank } of kept.hits) this.#add(at + start, at + end, rule, rank);
      return;
    }
    const first = this.#hits.length;
    const view = decode(this.#text, region);
    if (view !== undefined) this.#look(view);
    if (repeats === undefined || phase < 0) return;
    const hits = this.#hits.slice(first).map((hit) => ({ ...hit, start: hit.start - at, end: hit.end - at }));
    (this.#codes ??= new PhaseMemo(repeats)).set(phase, { start: region.start - at, end: region.end - at, hits });
  }

  #add(start: number, end: number, rule: string, rank: Hit['rank']): void {
    if (end > start) this.#hits.push({ start, end, rule, rank });
  }

  #holdFrom(at: number): void {
    if (!this.#final && at < this.#hold) this.#hold = at;
  }

  #act(action: Action, start: number): void {
    if (action.kind === 'keyword') return this.#keyword(start, action.length);
    if (start < this.#covered) return;
    if (!this.#final && action.kind !== 'format') this.#triggers.push({ at: start, kind: action.kind });
    if (action.kind === 'format') this.#format(action.compiled, start);
    else if (action.kind === 'login') this.#login(start, action.literal);
    else if (action.kind === 'dump') this.#dump(start);
    else this.#armoured(start);
  }

  /** Tells where the text repeats itself, if it is long enough for that to matter. */
  #repeating(): Repeats | undefined {
    if (this.#to - this.#from < LEAST_REPEATED) return undefined;
    this.#repeats ??= new Repeats(this.#text, this.#to);
    return this.#repeats;
  }

  #keyword(at: number, length: number): void {
    const { names } = this.#engine;
    if (names === undefined) return;
    const context = (this.#context ??= new ContextFinder(names, this.#repeating()));
    const found = context.find(this.#around, at, length, Math.max(0, this.#from - 256), this.#to);
    if (!this.#final && context.dull < 0) this.#triggers.push({ at, kind: 'keyword' });
    if (found === undefined) {
      if (context.dull >= 0) this.#area?.learn('name', context.dull, context.nameEnd);
      else if (context.word >= 0) this.#area?.learn(context.onlySet ? 'nameAsWord' : 'nameInProse', context.word, context.nameEnd);
      return;
    }
    this.#add(found.start, found.end, found.rule, 2);
    for (const { start: from, end } of found.more ?? []) this.#add(from, Math.min(end, this.#to), found.rule, 2);
    if (found.open) this.#holdFrom(found.more?.at(-1)?.start ?? found.start);
  }

  #login(at: number, literal: string): void {
    this.#logins ??= new LoginFinder(this.#around, this.#repeating());
    const found = this.#logins.find(at, literal);
    if (found === undefined || found.end > this.#to) return this.#holdFrom(found?.start ?? this.#to);
    this.#add(found.start, found.end, 'password', 2);
  }

  #dump(at: number): void {
    if (at < this.#dumpCovered || this.#depth >= DEPTH) return;
    const view = dumpView(this.#text, at, this.#to);
    if (view === undefined) return;
    this.#dumpCovered = view.map.at(-1) as number;
    const first = this.#hits.length;
    this.#look(view);
    // The column of characters on the right shows the same bytes.
    for (const hit of this.#hits.slice(first)) {
      const line = this.#text.slice(hit.end, this.#dumpCovered).indexOf('\n');
      hit.end = Math.min(this.#to, line < 0 ? this.#dumpCovered : hit.end + line);
    }
  }

  #armoured(at: number): void {
    this.#armour ??= new ArmourFinder();
    const found = this.#armour.find(this.#text, at, this.#to);
    if (found === undefined) return;
    this.#add(found.start, found.end, 'private-key', 1);
    this.#covered = found.end;
    if (found.open) this.#holdFrom(found.start);
  }

  #format(compiled: CompiledFormat, anchor: number): void {
    const { format, pattern, lead, leastLead } = compiled;
    for (let back = Math.min(lead, anchor); back >= leastLead; back--) {
      const start = anchor - back;
      pattern.lastIndex = start;
      const match = pattern.exec(this.#text);
      if (match === null) continue;
      const end = Math.min(start + match[0].length, this.#to);
      if (!format.glued && glued(this.#text, start) && format.checksum?.(match[0]) !== true) continue;
      if (end === this.#to) this.#holdFrom(start);
      this.#add(start, end, format.id, 1);
      this.#covered = end;
      return;
    }
  }

  #known(at: number): void {
    if (at < this.#knownCovered) return;
    const { needles } = this.#engine;
    const repeats = needles.longest > LONGEST_REPEATED ? undefined : this.#repeating();
    // What stands before a word belongs to a value as well as what follows.
    const phase = repeats === undefined ? -1 : repeats.phase(at - AROUND);
    if (phase >= 0 && this.#strange?.at(phase) === true) return;
    const span = needles.match(this.#text, at, Math.max(0, this.#from - 256), this.#to);
    if (span === undefined) {
      if (repeats !== undefined && phase >= 0) (this.#strange ??= new PhaseMemo(repeats)).set(phase, true);
      return;
    }
    if (span.open) this.#holdFrom(span.start);
    if (span.end === span.start) return;
    this.#add(span.start, span.end, `known:${span.label}`, 0);
    this.#knownCovered = span.end;
  }

  /** A long run of token characters: what it is by its shape and surroundings, and what it decodes to. */
  #run(from: number, head: number, to: number): void {
    if (to <= this.#runCovered) return;
    const text = this.#text;
    let start = Math.max(from, this.#runCovered);
    let end = Math.min(to, this.#to);
    while (start > 0 && start > this.#from - 256 && start > this.#runCovered && (classAt(text, start - 1) & RUN) !== 0) start--;
    const most = Math.min(this.#to, start + LONGEST_RUN);
    while (end < most && (classAt(text, end) & RUN) !== 0) end++;
    if (end - start < SHORTEST_RUN) return;
    this.#runCovered = end;
    if (this.#engine.names !== undefined) {
      const first = head === from ? start : head;
      const rule = judgeRun(text, first, end, this.#engine.names);
      if (rule !== undefined) this.#add(rule.start, rule.end, rule.rule, 2);
      else this.#learnWord(first, this.#engine.names);
    }
    if (end - start < 20 || this.#depth >= DEPTH) return;
    const view = decodedRun(text, head === from ? start : head, end);
    if (view !== undefined) this.#look(view);
  }

  #learnWord(at: number, names: Names): void {
    const word = dullWord(this.#text, at, names);
    if (word !== undefined) this.#area?.learn('word', word.start, word.end);
  }

  /** Scans decoded text and masks what it stands for. */
  #look(view: View): void {
    const { hits } = scan(this.#engine, view.text, 0, view.text.length, true, this.#depth + 1);
    for (const hit of hits) this.#add(view.map[hit.start] as number, Math.min(this.#to, view.map[hit.end] as number), hit.rule, hit.rank);
  }
}

/** Whether a letter or digit stands directly before, other than the last sign of an escape: `\n`, `%3D`, a colour. */
function glued(text: string, start: number): boolean {
  if (start === 0 || (classAt(text, start - 1) & ALNUM) === 0) return false;
  // oxlint-disable-next-line no-control-regex -- the escape character is meant
  return !/(?:\\[nrtbf0]|%[0-9a-fA-F]{2}|\x1b\[[0-9;]*m|\\u[0-9a-fA-F]{4}(?:\[[0-9;]*m)?|\\x[0-9a-fA-F]{2})$/.test(
    text.slice(Math.max(0, start - 16), start),
  );
}
