import type { TokenInfo } from '@mogplex/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { createToken, listTokens, revokeToken } from '../../api/settings.ts';
import { Button } from '../../components/button.tsx';
import { Choice } from '../../components/choice.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { Field } from '../../components/field.tsx';
import { Problem } from '../../components/notice.tsx';
import { Empty, Section, useTitle } from '../../components/page.tsx';
import { ShownOnce } from '../../components/shown-once.tsx';
import { Time } from '../../components/time.tsx';

const EXPIRIES = [
  ['30d', 'in 30 days'],
  ['7d', 'in 7 days'],
  ['90d', 'in 90 days'],
  ['365d', 'in a year'],
  ['day', 'at the end of a day'],
  ['never', 'never'],
] as const;

/** What the platform is told: a span, null for never, or the end of a day of the reader's calendar (`2030-01-31`). */
const expiryOf = (choice: string, day: string): string | null => {
  if (choice === 'never') return null;
  return choice === 'day' ? new Date(`${day}T23:59:59`).toISOString() : choice;
};

/** Whose tokens a part of the page shows: those of a service account, or the person's own. */
interface HolderProps {
  serviceAccountId?: string;
}

/** Personal access tokens: make one, see where they stand, revoke one. */
export const TokensPage = () => {
  useTitle('Access tokens');
  return (
    <>
      <h1 className="text-2xl font-semibold">Access tokens</h1>
      <NewToken />
      <TokenList />
    </>
  );
};

/** Makes a token and shows it once. */
export const NewToken = ({ serviceAccountId }: HolderProps) => {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [write, setWrite] = useState(false);
  const [expires, setExpires] = useState<string>('30d');
  const [day, setDay] = useState('');
  const work = useMutation({
    mutationFn: createToken,
    onSuccess: async () => {
      setName('');
      await queries.invalidateQueries({ queryKey: ['tokens'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    work.mutate({
      name,
      scopes: write ? ['read', 'write'] : ['read'],
      expires: expiryOf(expires, day),
      ...(serviceAccountId === undefined ? {} : { serviceAccountId }),
    });
  };
  return (
    <Section
      title="New token"
      about={`For scripts and CI. It acts ${serviceAccountId === undefined ? 'as you' : 'for the team'}, as far as its scopes allow.`}
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Name" name="name" required maxLength={80} hint="Where it will be used." value={name} onValue={setName} />
        <label className="flex items-center gap-2 text-sm">
          <input type="checkbox" className="size-5" checked={write} onChange={(event) => setWrite(event.target.checked)} />
          May also write: start and cancel work, prompt models
        </label>
        <Choice label="Expires" options={EXPIRIES} value={expires} onValue={setExpires} />
        {expires === 'day' ? <Field label="Last day" name="expires-day" type="date" required value={day} onValue={setDay} /> : null}
        <Problem error={work.error} />
        <Button type="submit" look="primary" busy={work.isPending} className="self-start">
          Make the token
        </Button>
      </form>
      {work.data ? <ShownOnce what="the token" secret={work.data.token} /> : null}
    </Section>
  );
};

/** The tokens as they stand, each with its revoke button. */
export const TokenList = ({ serviceAccountId }: HolderProps) => {
  const queries = useQueryClient();
  const [now] = useState(() => Date.now());
  const tokens = useQuery({ queryKey: ['tokens', serviceAccountId], queryFn: () => listTokens(serviceAccountId) });
  const revoke = useMutation({
    mutationFn: (id: string) => revokeToken(id, serviceAccountId),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['tokens'] }),
  });
  return (
    <Section title={serviceAccountId === undefined ? 'Your tokens' : 'Its tokens'}>
      <Problem error={tokens.error ?? revoke.error} />
      {tokens.data?.items.length === 0 ? <Empty>No token yet. Make one above, then give it to a script as MOGPLEX_API_KEY.</Empty> : null}
      <ul className="flex flex-col divide-y divide-line">
        {tokens.data?.items.map((token) => (
          <li key={token.id} className="flex flex-wrap items-center justify-between gap-3 py-3">
            <div className="min-w-0 text-sm">
              <p className="font-medium break-words">{token.name}</p>
              <p className="text-soft">
                <code>{token.prefix}…</code> · {token.scopes.join(', ')} · made <Time at={token.createdAt} /> ·{' '}
                {token.lastUsedAt === null ? (
                  'never used'
                ) : (
                  <>
                    used <Time at={token.lastUsedAt} />
                  </>
                )}{' '}
                · <Lifetime token={token} now={now} />
              </p>
            </div>
            {token.revokedAt === null ? (
              <Confirm
                action="Revoke"
                subject={token.name}
                title={`Revoke ${token.name}?`}
                busy={revoke.isPending && revoke.variables === token.id}
                onConfirm={() => revoke.mutate(token.id)}
              >
                Whatever uses it is refused from this moment. This cannot be undone.
              </Confirm>
            ) : null}
          </li>
        ))}
      </ul>
    </Section>
  );
};

/** Until when a token works, or since when it does not. */
const Lifetime = ({ token: { revokedAt, expiresAt }, now }: { token: TokenInfo; now: number }) => {
  if (revokedAt !== null) {
    return (
      <>
        revoked <Time at={revokedAt} />
      </>
    );
  }
  if (expiresAt === null) return 'never expires';
  return (
    <>
      {expiresAt < now ? 'expired' : 'expires'} <Time at={expiresAt} />
    </>
  );
};
