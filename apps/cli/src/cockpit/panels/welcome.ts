import type { CockpitState } from '../state/state.ts';
import { type Line, wrapSpans } from '../text/lines.ts';

const HINTS = [
  ['/model', 'choose the model'],
  ['/login', 'sign in, or store a provider key'],
  ['/agents', 'agents and runs of your account'],
  ['/help', 'every command and key'],
] as const;

/** What an empty conversation shows: who is asked, with which credential, and where to begin. At most `height` rows. */
export function welcomeRows({ header }: CockpitState, width: number, height: number): Line[] {
  const model = header.model;
  if (height < HINTS.length + 4) return [];
  const lead =
    model === undefined
      ? [{ text: header.mode === '' ? 'Getting ready …' : 'No model is chosen yet.' }]
      : [{ text: 'Prompts go to ' }, { text: model, bold: true }, { text: ` with ${header.credential}.` }];
  return [
    [],
    ...wrapSpans([{ text: '  ' }, ...lead], width, 2),
    [],
    ...HINTS.map(([command, does]): Line => [
      { text: `  ${command.padEnd(10)}`, color: 'accent' },
      { text: does, color: 'muted' },
    ]),
  ];
}
