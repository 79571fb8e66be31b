/** Words or phrases of a list, in lower case, by the code of their first character. */
export function byHead(list: string | readonly string[]): readonly (readonly string[] | undefined)[] {
  const heads: (string[] | undefined)[] = Array.from({ length: 128 }, () => undefined);
  for (const word of typeof list === 'string' ? list.split(' ') : list) {
    const head = word.charCodeAt(0);
    heads[head] = [...(heads[head] ?? []), word];
  }
  return heads;
}
