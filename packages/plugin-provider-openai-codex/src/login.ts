import { oauth, type TokenSet } from '@moxxy/plugin-oauth';
import type { LoginContext, LoginOutcome, LoginStatus, LogoutOutcome, ProviderContext, SecretValue, StoredLogin } from '@moxxy/sdk';
import { codexDeviceFlow } from './device.ts';
import { codexProfile, codexProfileFromEnv } from './settings.ts';

const ACCOUNT_ID = 'accountId';
const CLAIM = 'https://api.openai.com/auth';

/** The ChatGPT account in the id token: every request has to name it. */
const accountIdIn = ({ claims }: TokenSet): string | undefined => {
  const claim: unknown = claims?.[CLAIM];
  const id = typeof claim === 'object' && claim !== null && 'chatgpt_account_id' in claim ? claim.chatgpt_account_id : undefined;
  return typeof id === 'string' && /^[\w-]+$/.test(id) ? id : undefined;
};

const more = (tokens: TokenSet): Record<string, SecretValue> => {
  const id = accountIdIn(tokens);
  return id === undefined ? {} : { [ACCOUNT_ID]: { reveal: () => id } };
};

/** The account id that was stored with the login. */
export const accountIdOf = (login: StoredLogin | undefined): string | undefined => login?.secrets[ACCOUNT_ID]?.reveal();

/** Standard OAuth but for the device flow and the account id. */
export const codexAuth = oauth(codexProfile, { fromEnv: codexProfileFromEnv, deviceFlow: codexDeviceFlow, more });

export const codexLogin = (context: LoginContext): Promise<LoginOutcome> => codexAuth.login(context);

export const codexLogout = (context: ProviderContext): Promise<LogoutOutcome> => codexAuth.logout(context);

export const codexStatus = (context: ProviderContext): Promise<LoginStatus> => codexAuth.status(context);
