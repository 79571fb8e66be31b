import { findProvider, PROVIDERS } from '@mogplex/protocol';
import type { LoginStep } from '../state/state.ts';

/** What a step of the login screen says, line by line. */
export function loginLines(step: LoginStep): readonly string[] {
  switch (step.step) {
    case 'choose':
      return ['Choose how prompts are paid for and sent.', '1. Sign in with Mogplex', '2. Use a provider API key'];
    case 'providers':
      return PROVIDERS.map(({ label, envVar }, at) => `${at + 1}. ${label}, ${envVar}`);
    case 'key':
      return [
        `${findProvider(step.provider)?.label ?? step.provider} API key. Nothing of it is shown.`,
        ...(step.problem === undefined ? [] : [`Error: ${step.problem}`]),
      ];
    case 'starting':
      return [`Signing in to ${step.service}.`];
    case 'browser':
      return [
        step.opened ? 'Your browser was opened. Finish there, or open this link:' : 'Open this link in a browser on this machine:',
        step.url,
      ];
    case 'device':
      return [
        'On any device, open this link and compare the code:',
        step.url,
        `Code ${step.code}`,
        ...(step.note === undefined ? [] : [step.note]),
      ];
    case 'failed':
      return [`The sign-in to ${step.service} did not succeed.`, step.message];
  }
}

/** What a step waits for. */
export function loginPrompt({ step }: LoginStep, canLeave: boolean): string {
  switch (step) {
    case 'choose':
      return canLeave ? 'Number, or nothing to go back: ' : 'Number, or q to leave: ';
    case 'providers':
      return 'Number, or nothing to go back: ';
    case 'key':
      return 'Key, or nothing to go back: ';
    case 'starting':
    case 'browser':
      return 'd and Enter for a device code, Enter alone to cancel: ';
    case 'device':
      return 'b and Enter for the browser, Enter alone to cancel: ';
    case 'failed':
      return 't and Enter to try again, d for a device code, Enter alone to go back: ';
  }
}
