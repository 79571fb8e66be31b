const LINE_LIMIT = 4 * 1024 * 1024;

/**
 * The `data` of each event of a `text/event-stream` (WHATWG HTML, section 9.2), in order.
 *
 * @throws TypeError when one event is larger than 4 MiB.
 */
export async function* serverSentData(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    if (rest.length > LINE_LIMIT) throw new TypeError('an event of the stream is larger than 4 MiB');
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
      else if (line === '' && data.length > 0) {
        yield data.join('\n');
        data = [];
      }
    }
  }
}
