import { describe, expect, test } from 'vitest';
import { parseMessage, readDate } from '../../src/mime/index.ts';

describe('dates', () => {
  test.each([
    ['Fri, 21 Nov 1997 09:55:06 -0600', '1997-11-21T09:55:06-06:00', false],
    ['21 Nov 1997 09:55 -0000', '1997-11-21T09:55:00-00:00', false],
    ['Thu,\r\n  13\r\n Feb\r\n 1969\r\n 23:32\r\n -0330 (Newfoundland Time)', '1969-02-13T23:32:00-03:30', false],
    ['21 Nov 97 09:55:06 GMT', '1997-11-21T09:55:06+00:00', true],
    ['21 Nov 0097 09:55:06 +0000', '1997-11-21T09:55:06+00:00', true],
    ['21 Nov 0021 09:55:06 +0000', '2021-11-21T09:55:06+00:00', true],
    ['21 Nov 103 09:55:06 EST', '2003-11-21T09:55:06-05:00', true],
    ['Fri, 21 Nov 1997 09(comment):   55  :  06 -0600', '1997-11-21T09:55:06-06:00', true],
    ['Mon, 7 Jul 2025 10:00:00 CEST', '2025-07-07T10:00:00-00:00', true],
    ['Mon, 7 Jul 2025 10:00:00', '2025-07-07T10:00:00-00:00', true],
    ['Mon, 7 Jul 2025 10:00:00 +0200 junk', '2025-07-07T10:00:00+02:00', true],
    ['Mon, 7 Jul 2025 10:00:00 +02:00', '2025-07-07T10:00:00+02:00', true],
    ['Mon, 7 Jul 2025 10:00:00 GMT+0200', '2025-07-07T10:00:00+02:00', true],
    ['Mon, 7 Jul 2025 10:00:00 GMT +0200', '2025-07-07T10:00:00+02:00', true],
    ['Mon, 7 Jul 2025 10:00:00 +9999', '2025-07-07T10:00:00-00:00', true],
    ['Mon, 7 Jul 2025 10:00:00 PM +0200', '2025-07-07T22:00:00+02:00', true],
    ['Mon, 7 Jul 2025 12:00:00 AM +0200', '2025-07-07T00:00:00+02:00', true],
    ['Mon, 7 Jul 2025 13:00:00 PM +0200', null, false],
    ['Tue Jul  1 10:52:37 2003', '2003-07-01T10:52:37-00:00', true],
    ['Tue Jul  1 10:52:37 MST 2003', '2003-07-01T10:52:37-07:00', true],
    ['Tue Jul  1 10:52:37 2003 -0700', '2003-07-01T10:52:37-07:00', true],
    ['July 1, 2003 10:52:37 +0000', '2003-07-01T10:52:37+00:00', true],
    ['1-Jul-2003 10:52:37 +0200', '2003-07-01T10:52:37+02:00', true],
    ['2003-07-01T10:52:37Z', '2003-07-01T10:52:37+00:00', true],
    ['2003-07-01 10:52:37.25 +0200', '2003-07-01T10:52:37+02:00', true],
    ['Sat, 31 Dec 2016 23:59:60 +0000', '2016-12-31T23:59:60+00:00', false],
    ['Tue, 029 Apr 2019 23:34:45 -0800', '2019-04-29T23:34:45-08:00', true],
    ['Thu, 29 Feb 2024 10:00:00 +0000', '2024-02-29T10:00:00+00:00', false],
    ['Wed, 29 Feb 2023 10:00:00 +0000', null, false],
    ['Wed, 31 Apr 2023 10:00:00 +0000', null, false],
    ['Wed, 1 Apr 2023 24:00:00 +0000', null, false],
    ['Wed, 1 Apr 2023 10:60:00 +0000', null, false],
    ['Wed, 1 Apr 2023', null, false],
    ['1/4/2023 10:00:00 +0000', null, false],
    ['03 04 2023 10:00:00 +0000', null, false],
    ['20 11 1979 05:34:27 -0300', '1979-11-20T05:34:27-03:00', true],
    ['Tue, 7 Sjj 2026 19:14:51 +0000', null, false],
    ['Wed, 1 Apr 20233 10:00:00 +0000', null, false],
    ['yesterday', null, false],
    ['', null, false],
    ['1e9', null, false],
    ['2024', null, false],
  ])('%s', (value, dateTime, obsolete) => {
    expect(readDate(value)).toEqual({ dateTime, obsolete });
  });

  // The usual form is read by one pattern, every other by words: the two must say the same. A comment before the
  // date is what the pattern does not take.
  test('the usual form by its own pattern and by words is one date', () => {
    for (const day of ['', 'Mon, ', 'Sun, '])
      for (const date of ['1 Jan 2003', '31 Feb 2003', '29 Feb 2004', '00 Mar 1999', '09 Dec 0000'])
        for (const time of ['00:00', '23:59:60', '24:00:00', '09:60:00', '10:52:37'])
          for (const zone of ['+0000', '-0000', '+0530', '-1200', '+9999', '+1400 (LINT)', '-0700 (PDT)']) {
            const value = `${day}${date} ${time} ${zone}`;
            expect([value, readDate(` ${value}\r\n`)]).toEqual([value, readDate(`()${value}`)]);
          }
  });

  test('an unreadable date is null with an issue, and never now', () => {
    const { email, issues } = parseMessage(Buffer.from('Date: sometime\nDate: none\n\nx'));
    expect(email.sentAt).toBeNull();
    expect(email.receivedAt).toBeNull();
    expect(issues.map(({ code, part }) => [code, part])).toEqual([
      ['FIELD_REPEATED', 'Date'],
      ['DATE_UNREADABLE', 'Date'],
    ]);
  });
});
