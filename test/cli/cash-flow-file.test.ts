// Is every file that a node, a person or a spreadsheet writes read exactly, and every other refused with its line?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCashFlows } from '../../src/cli/cash-flow-file.ts';

const read = (text: string): unknown => {
  const { flows, decimals } = parseCashFlows(text);
  return flows.map(({ time, amount }) => [time, Number(amount) / 10 ** decimals]);
};
const FEBRUARY = Date.UTC(2021, 1, 1) / 1000;

describe('a file of cash flows', () => {
  it.each([
    ['commas', '2021-02-01,-100.5\n1612137600,7'],
    ['semicolons and decimal commas', '2021-02-01;-100,5\n1612137600;7,0'],
    ['tabs', '2021-02-01\t-100.5\n1612137600\t7'],
    ['a header', 'time,amount (sat)\n2021-02-01,-100.5\n1612137600,7'],
    ['quotes', '"time","the ""amount"""\n"2021-02-01","-100.5"\n"1612137600",7'],
    ['a quoted header over two lines', '"time\r\nUTC",amount\n2021-02-01,-100.5\n1612137600,7'],
    ['Windows line ends', '2021-02-01,-100.5\r\n1612137600,7\r\n'],
    ['old Macintosh line ends', '2021-02-01,-100.5\r1612137600,7\r'],
    ['a byte order mark', '\uFEFF2021-02-01,-100.5\n1612137600,7'],
    ['blank lines and empty cells at the end', '\n2021-02-01,-100.5,,\n\n,,\n1612137600,7,\n\n'],
    ['spaces', ' 2021-02-01 , -100.5 \n "1612137600" ,\t7 '],
    ['another minus, a plus and exponents', '2021-02-01,\u22121.005e2\n1612137600,+70E-1'],
  ])('with %s', (_, text) => {
    expect(read(text)).toEqual([
      [FEBRUARY, -100.5],
      [FEBRUARY, 7],
    ]);
  });

  it.each([
    ['2021-02-01T00:00:00Z', 0],
    ['2021-02-01 00:00', 0],
    ['2021-02-01T12:30:15', 45_015],
    ['2021-02-01T12:30:15.999Z', 45_015],
    ['2021-02-01T02:00:00+02:00', 0],
    ['2021-01-31T19:00:00-0500', 0],
    ['2021-02-01T01:00Z', 3600],
    ['1612137600.75', 0],
  ])('takes %s as a time', (text, offset) => {
    expect(read(`${text},1`)).toEqual([[FEBRUARY + offset, 1]]);
  });

  it('takes times before 1970', () => {
    expect(read('1957-01-01,1\n-86400,1')).toEqual([
      [-410_227_200, 1],
      [-86_400, 1],
    ]);
  });

  it.each([
    ['', /expected lines of a time and an amount, got none/],
    ['time,amount', /got none/],
    ['2021-02-01', /line 1: expected two columns.*got 1$/],
    ['2021-02-01,1\n2021-02-02,1,2', /line 2: expected two columns.*got 3; amounts take no thousands separators/],
    ['2021-02-01,-1000,50', /got 3.*a decimal comma only beside semicolons/],
    ['"a\nb",c\n2021-02-30,1', /line 3, column 1: expected Unix seconds or an ISO date.*got "2021-02-30"/],
    ['2021-13-01,1', /column 1/],
    ['2021-02-01T24:00:00Z,1', /column 1/],
    ['01/02/2021,1', /column 1.*got "01\/02\/2021"/],
    ['1612137600000,1', /column 1.*looks like milliseconds/],
    ['x2021-02-01,1', /line 1, column 1/],
    ['2021-02-01,1 sat', /line 1, column 2: expected a decimal number.*got "1 sat"/],
    ['2021-02-01,"1,234.5"', /column 2/],
    ['2021-02-01,"1,5"', /column 2/],
    ['2021-02-01;1.234,5', /column 2/],
    ['2021-02-01,.', /column 2.*got "."/],
    ['2021-02-01,NaN', /column 2/],
    ['2021-02-01,1e101', /column 2/],
    ['2021-02-01,1e-101', /column 2/],
    ['2021-02-01,"1', /line 1: expected quotes around a whole cell/],
    ['2021-02-01,1\n2021-02-01,a"b"', /line 2: expected quotes/],
  ])('refuses %j', (text, message) => {
    expect(() => parseCashFlows(text)).toThrow(message);
  });

  it('keeps every digit, whatever the other lines have', () => {
    const text = '2021-02-01,-0.1\n2021-02-02,0.00000000000000000001\n2021-02-03,123456789012345678901234567890';
    expect(parseCashFlows(text)).toMatchObject({
      decimals: 20,
      flows: [{ amount: -(10n ** 19n) }, { amount: 1n }, { amount: 123456789012345678901234567890n * 10n ** 20n }],
    });
  });

  it('reads back what was written, in any format', () => {
    const flow = fc.record({
      time: fc.integer({ min: -(10 ** 10), max: 10 ** 10 }),
      units: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
    });
    const format = fc.record({
      separator: fc.constantFrom(',', ';', '\t'),
      end: fc.constantFrom('\n', '\r\n', '\r'),
      quote: fc.constantFrom('', '"'),
      iso: fc.boolean(),
      header: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(flow, { minLength: 1 }), format, (flows, { separator, end, quote, iso, header }) => {
        const cell = (text: string): string => quote + text + quote;
        const lines = flows.map(({ time, units }) => {
          const digits = (units < 0n ? -units : units).toString().padStart(4, '0');
          const amount = `${units < 0n ? '-' : ''}${digits.slice(0, -3)}${separator === ';' ? ',' : '.'}${digits.slice(-3)}`;
          const moment = iso ? new Date(time * 1000).toISOString() : String(time);
          return cell(moment) + separator + cell(amount);
        });
        const text = [...(header ? [cell('time') + separator + cell('amount')] : []), ...lines].join(end);
        const { flows: parsed, decimals } = parseCashFlows(text);
        expect(decimals).toBe(3);
        expect(parsed).toEqual(flows.map(({ time, units }) => ({ time, amount: units })));
      }),
    );
  });
});
