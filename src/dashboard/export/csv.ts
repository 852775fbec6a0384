// How is a table written so that every spreadsheet and every accounting tool reads what was meant? RFC 4180.

export type CsvValue = string | number | bigint | boolean | null;

/** With these a spreadsheet takes a text for a formula, which could send what is beside it to somebody. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** With its line end. */
export const csvLine = (values: readonly CsvValue[]): string => `${values.map(cell).join(',')}\r\n`;

/**
 * A file in chunks, each made only when the reader has room for it; the first at once, so that what cannot be read at all
 * is an error and no file.
 * @param pages one array of rows after the other
 */
export function csvStream(
  columns: readonly string[],
  pages: Iterator<readonly (readonly CsvValue[])[]>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let head = csvLine(columns);
  let page = pages.next();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      controller.enqueue(encoder.encode(head + (page.done === true ? '' : page.value.map(csvLine).join(''))));
      head = '';
      if (page.done === true) {
        controller.close();
        return;
      }
      // The rest of the plugin goes on between two pages.
      await new Promise((resolve) => setImmediate(resolve));
      page = pages.next();
    },
  });
}
