import { numbers } from '../material.ts';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';
const ALNUM = LOWER + UPPER + DIGITS;
const HEX = `${DIGITS}abcdef`;

const WORDS =
  'amber basket canyon delta ember falcon garden harbor island jungle kettle lantern meadow needle orchard pepper quartz river saddle timber umbrella valley walnut yellow zephyr copper marble pocket rocket silver tunnel violet winter summer autumn spring'.split(
    ' ',
  );
const SERVICES = [
  'billing',
  'orders',
  'mailer',
  'search',
  'reports',
  'ledger',
  'gateway',
  'worker',
  'crm',
  'warehouse',
  'catalog',
  'tickets',
];
const PEOPLE = ['ana', 'bruno', 'chiara', 'dmitri', 'elena', 'farid', 'greta', 'hiro', 'ines', 'jonas', 'deploy', 'backup', 'svc_app'];
/** Signs that a password may hold and that need no escape in any of the documents. */
const SIGNS = '!@#%^*_+-=.?~';

/** Makes the parts of documents from a seed: the same seed gives the same parts. */
export class Maker {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = numbers(seed);
  }
  below(n: number): number {
    return Math.floor(this.next() * n);
  }
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
  chars(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet[this.below(alphabet.length)]).join('');
  }
  alnum(length: number): string {
    return this.chars(ALNUM, length);
  }
  /** Letters and digits with `_` and `-` inside. */
  slug(length: number): string {
    return this.chars(ALNUM, 1) + this.chars(`${ALNUM}_-`, length - 2) + this.chars(ALNUM, 1);
  }
  lower(length: number): string {
    return this.chars(LOWER + DIGITS, length);
  }
  upper(length: number): string {
    return this.chars(UPPER + DIGITS, length);
  }
  digits(length: number): string {
    return this.chars(DIGITS, length);
  }
  hex(length: number): string {
    return this.chars(HEX, length);
  }
  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
  base64(length: number): string {
    return this.bytes(length).toString('base64');
  }
  uuid(): string {
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-${this.pick(['8', '9', 'a', 'b'])}${this.hex(3)}-${this.hex(12)}`;
  }
  word(): string {
    return this.pick(WORDS);
  }
  words(count: number): string {
    return Array.from({ length: count }, () => this.word()).join(' ');
  }
  service(): string {
    return this.pick(SERVICES);
  }
  person(): string {
    return this.pick(PEOPLE);
  }
  host(): string {
    return `${this.pick(['db', 'api', 'mail', 'cache', 'git', 'vpn'])}${this.below(9) + 1}.${this.word()}.${this.pick(['net', 'io', 'corp', 'dev', 'internal'])}`;
  }
  date(): string {
    return `2026-0${this.between(1, 9)}-${this.between(10, 28)}T${this.between(10, 23)}:${this.between(10, 59)}:${this.between(10, 59)}.${this.digits(3)}Z`;
  }
  /** A password as people and generators make them: mixed signs, words with digits, or letters and digits. */
  password(): string {
    const style = this.below(4);
    if (style === 0) return this.chars(ALNUM, 1) + this.chars(ALNUM + SIGNS, this.between(8, 18)) + this.digits(1) + this.chars(ALNUM, 1);
    if (style === 1) return `${this.title()}${this.pick(['-', '_', '.', '', '!'])}${this.title()}${this.digits(this.between(2, 4))}`;
    if (style === 2) return `${this.title()}${this.digits(this.between(2, 4))}${this.pick(['!', '#', '*', '?', '!!', '%'])}`;
    return this.alnum(this.between(10, 24)).replace(/.$/, () => this.digits(1));
  }
  title(): string {
    return this.word().replace(/^./, (first) => first.toUpperCase());
  }
  /** A key without a published shape. */
  key(): string {
    return this.pick([
      () => this.alnum(this.between(20, 48)),
      () => this.hex(this.pick([32, 40, 64])),
      () => this.base64(this.pick([24, 32, 48])),
      () => this.slug(this.between(24, 60)),
      () => this.lower(this.between(20, 40)),
    ])();
  }
  /** A user or database name. */
  user(): string {
    return this.pick([this.person(), `${this.service()}_app`, 'root', 'admin', 'postgres']);
  }
}
