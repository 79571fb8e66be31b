import { findProvider, PROVIDERS } from '@mogplex/protocol';
import type { LoginStep } from '../state/state.ts';
import { fit, hardWrap, type Line, wrapSpans } from '../text/lines.ts';

const CHOICES = [
  { label: 'Sign in with Mogplex', detail: 'models, agents and MCP servers of your account' },
  { label: 'Use a provider API key', detail: 'stored on this machine, readable by you alone' },
] as const;

/**
 * The rows of one step of the login screen, under its title.
 *
 * @param platform where the account would be signed in to
 */
export function stepRows(step: LoginStep, platform: string, width: number): Line[] {
  switch (step.step) {
    case 'choose':
      return [
        ...CHOICES.map((choice, at) => option(choice.label, choice.detail, at === step.index, 24, width)),
        [],
        ...wrapSpans([{ text: `  The platform is ${platform}; MOGPLEX_URL names another one.`, color: 'muted' }], width, 2),
      ];
    case 'providers':
      return PROVIDERS.map((provider, at) => option(provider.label, provider.envVar, at === step.index, 12, width));
    case 'key': {
      const provider = findProvider(step.provider);
      return [
        [{ text: `  ${provider?.label ?? step.provider} API key`, bold: true }],
        ...wrapSpans(
          [
            {
              text: `  Paste or type it; nothing of it is shown. ${provider?.envVar ?? ''} in the environment would outrank it.`,
              color: 'muted',
            },
          ],
          width,
          2,
        ),
        ...(step.problem === undefined ? [] : problem(step.problem, width)),
      ];
    }
    case 'starting':
      return [[{ text: `  Signing in to ${step.service} …` }]];
    case 'browser':
      return browserRows(step, width);
    case 'device':
      return deviceRows(step, width);
    case 'failed':
      return [[{ text: `  The sign-in to ${step.service} did not succeed.`, bold: true }], ...problem(step.message, width)];
  }
}

/** The keys that do something in a step. */
export function stepKeys(step: LoginStep, canLeave: boolean): string {
  switch (step.step) {
    case 'choose':
      return `↑↓ choose · Enter confirm · ${canLeave ? 'Esc back' : 'q leave'}`;
    case 'providers':
      return '↑↓ choose · Enter confirm · Esc back';
    case 'key':
      return 'Enter store · Ctrl+U empty · Esc back';
    case 'starting':
      return 'Esc cancel';
    case 'browser':
      return 'c copy the link · d use a device code · Esc cancel';
    case 'device':
      return 'c copy the link · b use the browser · Esc cancel';
    case 'failed':
      return 'Enter try again · d use a device code · Esc back';
  }
}

function option(label: string, detail: string, focused: boolean, column: number, width: number): Line {
  const mark = focused ? '❯ ' : '  ';
  const room = Math.max(0, width - column - 4);
  return [
    { text: `  ${mark}`, color: 'accent' },
    { text: label.padEnd(column), ...(focused ? { color: 'accent', bold: true } : {}) },
    { text: fit(detail, room), color: 'muted' },
  ];
}

function browserRows(step: Extract<LoginStep, { step: 'browser' }>, width: number): Line[] {
  const lead = step.opened ? 'Your browser was opened. Finish there, or open this link:' : 'Open this link in a browser on this machine:';
  return [
    [{ text: `  Sign in to ${step.service}`, bold: true }],
    [{ text: `  ${lead}` }],
    [],
    ...hardWrap(step.url, Math.max(20, width - 2), { underline: true, color: 'accent' }),
    [],
    [{ text: `  ${step.note ?? 'Waiting for the browser …'}`, color: 'muted' }],
  ];
}

function deviceRows(step: Extract<LoginStep, { step: 'device' }>, width: number): Line[] {
  return [
    [{ text: `  Sign in to ${step.service}`, bold: true }],
    [{ text: '  On any device, open this link and compare the code:' }],
    [],
    ...hardWrap(step.url, Math.max(20, width - 2), { underline: true, color: 'accent' }),
    [],
    [{ text: '  Code ' }, { text: step.code, bold: true, color: 'warn' }],
    [],
    [{ text: `  ${step.note ?? 'Waiting for your confirmation …'}`, color: 'muted' }],
  ];
}

function problem(message: string, width: number): Line[] {
  return message.split('\n').flatMap((row) => wrapSpans([{ text: `  ${row}`, color: 'bad' }], Math.max(20, width), 2));
}
