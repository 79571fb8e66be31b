import { MogplexError } from '@mogplex/protocol';
import { accountLogin, storedAccount, type AccountLogin } from './account-login.ts';
import { isObject, isStoredAccount, type AuthDocument, type StoredAccount } from './auth-document.ts';
import type { OnStep } from './files.ts';
import type { Journal } from './journal.ts';
import { nothingToRefresh, type Begun, type RefreshPlace } from './refresh.ts';
import type { Secret } from './secret.ts';

/** What auth.json lends to a refresh of its account login. */
export interface AccountStore {
  /** Runs a change of the document under its lock; `false` leaves the file as it is. `after` runs when the file is durable. */
  change: (edit: (document: AuthDocument) => boolean | Promise<boolean>, after?: () => Promise<void>) => Promise<boolean>;
  readonly journal: Journal;
  /** Whether an answer may wait in the journal; not where the credentials are kept off the disk. */
  readonly journalsAnswers: () => boolean;
  readonly present: () => boolean;
  readonly refreshLockPath: string;
  readonly now: () => number;
  readonly onStep: OnStep | undefined;
}

const WHAT = 'account login';

/** The account login as a place to refresh; `seen` is the access token that was found unusable. */
export function accountRefreshPlace(store: AccountStore, seen: Secret): RefreshPlace<AccountLogin, AccountLogin, AccountLogin> {
  let generation = 0;
  return {
    what: WHAT,
    lockPath: store.refreshLockPath,
    present: store.present,
    onStep: store.onStep,
    begin: async () => {
      await store.change((document) => adoptAnswer(document, store.journal), store.journal.clear);
      let begun: { refreshed: AccountLogin } | Begun<AccountLogin> | undefined;
      await store.change(async (document) => {
        generation = document.generation;
        begun = await begin(document, seen, store);
        return false;
      });
      if (begun === undefined) throw nothingToRefresh(WHAT);
      return begun;
    },
    answerLine: async (_, fresh) => {
      const answer = { generation: generation + 1, login: storedAccount(fresh) };
      const intent = { refreshing: generation, startedAt: store.now() };
      return await Promise.resolve(`${JSON.stringify(store.journalsAnswers() ? answer : intent)}\n`);
    },
    store: async (_, fresh) => {
      try {
        const stored = await store.change((document) => {
          if (document.generation !== generation) return false;
          putAccount(document, storedAccount(fresh));
          return true;
        });
        await store.journal.clear();
        return stored ? fresh : undefined;
      } catch (error) {
        // Durable in the journal: the next refresh adopts it.
        if (store.journalsAnswers() && error instanceof MogplexError && error.code === 'unavailable') return fresh;
        throw error;
      }
    },
    forget: async () => await store.journal.clear(),
  };
}

async function begin(
  document: AuthDocument,
  seen: Secret,
  { journal, now }: AccountStore,
): Promise<{ refreshed: AccountLogin } | Begun<AccountLogin> | undefined> {
  if (document.mogplex === undefined) return undefined;
  const current = accountLogin(document.mogplex);
  if (!current.accessToken.equals(seen)) return { refreshed: current };
  const earlier = journal.read();
  const concerns = earlier.kind === 'unfinished' && (earlier.generation ?? document.generation) === document.generation;
  const unfinished = concerns ? { startedAt: earlier.startedAt } : undefined;
  return { current, unfinished, journal: await journal.begin(document.generation, unfinished?.startedAt ?? now()) };
}

/** Writes a login as the next generation. */
export function putAccount(document: AuthDocument, login: StoredAccount): void {
  document.mogplex = login;
  document.generation += 1;
}

/** Takes over the answer of a refresh whose process died before it was stored, if it is one. Returns whether it did. */
function adoptAnswer(document: AuthDocument, journal: Journal): boolean {
  const state = journal.read();
  if (state.kind !== 'answered') return false;
  const answer: unknown = JSON.parse(state.answer);
  if (!isObject(answer) || document.mogplex === undefined) return false;
  if (answer['generation'] !== document.generation + 1 || !isStoredAccount(answer['login'])) return false;
  putAccount(document, answer['login']);
  return true;
}
