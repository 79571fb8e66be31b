/** Input made to be slow, by name: a function from a length to a text. */
export function shapes(values: readonly string[]): Record<string, (length: number) => string> {
  const value = values[2] ?? '';
  const repeat =
    (piece: string) =>
    (length: number): string =>
      piece.repeat(Math.ceil(length / piece.length));
  return {
    'token=': repeat('token='),
    'token="': repeat('token="'),
    'password: ': repeat('password: '),
    'armour headers': repeat('-----BEGIN RSA PRIVATE KEY-----\n'),
    'key-key-': repeat('key-key-'),
    '://': repeat('://'),
    '//a:b@': repeat('//a:b@'),
    'percent codes': repeat('%41%25'),
    'escapes of JSON': repeat('\\u0041\\/'),
    'prefix of many values': repeat('sk-proj-'),
    'half of a known value': repeat(value.slice(0, value.length >> 1)),
    'terminal sequences': repeat(`a${String.fromCharCode(27)}[1m`),
    'zero-width characters': repeat('a\u200b'),
    'deep base64': (length) => {
      let text = 'ordinary words, many of them. '.repeat(Math.ceil(length / 30));
      for (let i = 0; i < 5; i++) text = Buffer.from(text).toString('base64');
      return text.slice(0, length);
    },
  };
}
