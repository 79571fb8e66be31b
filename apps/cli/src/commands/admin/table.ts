const clean = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, '?');

/** Rows as aligned columns, a heading first. What people chose as a name cannot move the cursor. */
export const formatTable = (heading: readonly string[], rows: readonly (readonly string[])[]): string => {
  const all = [heading, ...rows].map((row) => row.map(clean));
  const widths = heading.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
};

/** A time in milliseconds as a date, or a dash. */
export const formatDate = (at: number | null): string => (at === null ? '-' : new Date(at).toISOString().slice(0, 16).replace('T', ' '));
