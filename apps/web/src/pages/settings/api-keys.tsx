import type { OwnKey } from '@mogplex/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { listOwnKeys, type OwnKeyProvider, removeOwnKey, setOwnKey } from '../../api/models.ts';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { Field } from '../../components/field.tsx';
import { Problem } from '../../components/notice.tsx';
import { Section, useTitle } from '../../components/page.tsx';
import { Time } from '../../components/time.tsx';

const PROVIDERS: readonly (readonly [OwnKeyProvider, string])[] = [
  ['vercel', 'AI Gateway'],
  ['openai', 'OpenAI'],
  ['anthropic', 'Anthropic'],
];

const HEALTH: Record<OwnKey['health'], string> = {
  ok: 'in order',
  refused: 'refused by the provider: replace it',
  limited: 'over its limit at the provider',
  failing: 'the provider does not answer',
};

/** Provider keys that the account brings itself; they are used before the platform's own. */
export const ApiKeysPage = () => {
  useTitle('API Keys');
  const keys = useQuery({ queryKey: ['api-keys'], queryFn: listOwnKeys });
  return (
    <>
      <h1 className="text-2xl font-semibold">API Keys</h1>
      <p className="text-sm text-soft">
        A key of your own is used before the platform's, and its cost goes to your provider account. It is sealed in the store and never
        shown again.
      </p>
      <Problem error={keys.error} />
      {keys.data
        ? PROVIDERS.map(([provider, label]) => (
            <ProviderKey
              key={provider}
              provider={provider}
              label={label}
              stored={keys.data.keys.find((key) => key.provider === provider)}
            />
          ))
        : null}
    </>
  );
};

const ProviderKey = ({ provider, label, stored }: { provider: OwnKeyProvider; label: string; stored: OwnKey | undefined }) => {
  const queries = useQueryClient();
  const [key, setKey] = useState('');
  const refresh = () => queries.invalidateQueries({ queryKey: ['api-keys'] });
  const set = useMutation({ mutationFn: setOwnKey, onSettled: () => setKey(''), onSuccess: refresh });
  const remove = useMutation({ mutationFn: removeOwnKey, onSuccess: refresh });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    set.mutate({ provider, key });
  };
  return (
    <Section title={label}>
      {stored === undefined ? (
        <p className="text-sm text-soft">No key of yours is stored.</p>
      ) : (
        <div className="flex flex-wrap items-center justify-between gap-3 text-sm">
          <p>
            Ends in <code>{stored.keyHint}</code>, set <Time at={stored.updatedAt} />, {HEALTH[stored.health]}
          </p>
          <Confirm
            action="Forget"
            subject={`the ${label} key`}
            title={`Forget the ${label} key?`}
            busy={remove.isPending}
            onConfirm={() => remove.mutate(provider)}
          >
            Your prompts go through the platform's key again, where it has one.
          </Confirm>
        </div>
      )}
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label={stored === undefined ? `${label} key` : `New ${label} key`}
          name={`${provider}-key`}
          type="password"
          autoComplete="off"
          required
          minLength={8}
          value={key}
          onValue={setKey}
        />
        <Problem error={set.error ?? remove.error} />
        <Button type="submit" busy={set.isPending} className="self-start">
          {stored === undefined ? 'Store the key' : 'Replace the key'}
        </Button>
      </form>
    </Section>
  );
};
