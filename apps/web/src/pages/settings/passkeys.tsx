import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { addPasskey, listPasskeys, passkeysWork, removePasskey } from '../../api/passkey.ts';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { Field } from '../../components/field.tsx';
import { FreshProblem } from '../../components/fresh.tsx';
import { Empty, Section } from '../../components/page.tsx';
import { Time } from '../../components/time.tsx';

/** The account's passkeys. `work` is false when the platform was opened by an IP address, where passkeys cannot exist. */
export const Passkeys = ({ work }: { work: boolean }) => {
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ['passkeys'] });
  const passkeys = useQuery({ queryKey: ['passkeys'], queryFn: listPasskeys });
  const remove = useMutation({ mutationFn: removePasskey, onSuccess: refresh });
  return (
    <Section title="Passkeys" about="Sign in with this device's lock or a security key, with no password.">
      <FreshProblem error={passkeys.error ?? remove.error} />
      {passkeys.data?.items.length === 0 ? <Empty>No passkey yet. Add one for this device below.</Empty> : null}
      <ul className="flex flex-col divide-y divide-line">
        {passkeys.data?.items.map((passkey) => (
          <li key={passkey.id} className="flex flex-wrap items-center justify-between gap-3 py-3 text-sm">
            <p>
              <span className="font-medium">{passkey.name ?? 'Passkey'}</span>{' '}
              <span className="text-soft">
                added <Time at={passkey.createdAt} />
              </span>
            </p>
            <Confirm
              action="Remove"
              subject={passkey.name ?? 'passkey'}
              title="Remove this passkey?"
              busy={remove.isPending && remove.variables === passkey.id}
              onConfirm={() => remove.mutate(passkey.id)}
            >
              It no longer signs in to this account.
            </Confirm>
          </li>
        ))}
      </ul>
      {work && passkeysWork() ? (
        <AddPasskey onAdded={refresh} />
      ) : (
        <p className="text-sm text-soft">
          Passkeys need a browser that knows them, and the platform opened by a name instead of an IP address.
        </p>
      )}
    </Section>
  );
};

const AddPasskey = ({ onAdded }: { onAdded: () => Promise<void> }) => {
  const [name, setName] = useState('');
  const work = useMutation({
    mutationFn: addPasskey,
    onSuccess: async () => {
      setName('');
      await onAdded();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    work.mutate(name);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Name of the new passkey" name="passkey-name" required maxLength={80} value={name} onValue={setName} />
      <FreshProblem error={work.error} />
      <Button type="submit" busy={work.isPending} className="self-start">
        Add a passkey
      </Button>
    </form>
  );
};
