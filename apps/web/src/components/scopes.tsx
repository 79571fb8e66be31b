const MEANINGS: Record<string, string> = {
  read: 'read: list and look at what your account can see',
  write: 'write: start and cancel work, prompt models at the account’s cost, and get your connections with their credentials',
};

/** What an application may do, in words. */
export const Scopes = ({ scopes }: { scopes: readonly string[] }) => (
  <ul className="list-disc pl-5 text-sm">
    {scopes.map((scope) => (
      <li key={scope}>{MEANINGS[scope] ?? scope}</li>
    ))}
  </ul>
);
