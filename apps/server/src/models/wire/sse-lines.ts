const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** A single line longer than this is not read; it passes to the client all the same. */
const MAX_LINE = 4 * 1024 * 1024;

/**
 * Splits a stream of server-sent events into lines, wherever the chunks are cut (WHATWG HTML, section 9.2.6). Lines
 * are handed over as views of the source, so nothing is copied unless a line spans two chunks.
 *
 * @param onLine called with each complete line, without its line break; the view is only valid during the call.
 */
export const createLineSplitter = (onLine: (line: Buffer) => void): { push(chunk: Buffer): void; end(): void } => {
  let carried: Buffer[] = [];
  let carriedBytes = 0;
  let skipping = false;

  const emit = (line: Buffer): void => onLine(line[line.length - 1] === RETURN ? line.subarray(0, -1) : line);
  const carry = (rest: Buffer): void => {
    if (rest.length === 0 || skipping) return;
    carriedBytes += rest.length;
    if (carriedBytes <= MAX_LINE) carried.push(rest);
    else skipping = true;
    if (skipping) carried = [];
  };
  const complete = (last: Buffer): void => {
    if (!skipping) emit(carried.length === 0 ? last : Buffer.concat([...carried, last]));
    carried = [];
    carriedBytes = 0;
    skipping = false;
  };

  return {
    push: (chunk) => {
      let start = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
        complete(chunk.subarray(start, at));
        start = at + 1;
      }
      carry(chunk.subarray(start));
    },
    end: () => {
      if (carriedBytes > 0) complete(Buffer.alloc(0));
    },
  };
};
