import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { readTnef, type TnefMessage } from '../../../src/mime/embedded/tnef/index.ts';
import { corporaPresent, readTnefFile, tnefNames } from './corpora.ts';

const digest = (octets: Uint8Array) => createHash('md5').update(octets).digest('hex').slice(0, 8);

/** What a person would check of a message, in a few lines. */
function outline(message: TnefMessage): unknown {
  const { subject, messageClass, messageId, from, sentAt, body, meeting, issues } = message;
  const length = (text: string | null) => (text === null ? null : `${text.length} ${digest(Buffer.from(text))}`);
  return {
    subject,
    messageClass,
    messageId,
    from: from?.email ?? null,
    to: message.to.map(({ email }) => email),
    sentAt,
    body: { text: length(body.text), html: length(body.html), rtf: length(body.rtf) },
    attachments: message.attachments.map(
      ({ name, longName, bytes, embedded }) =>
        `${name} | ${longName} | ${bytes.length} ${digest(bytes)}${embedded === null ? '' : ' embedded'}`,
    ),
    ...(meeting === null ? {} : { meeting: `${meeting.type} ${meeting.start} ${meeting.end} ${meeting.location}` }),
    issues: issues.map(({ code }) => code),
  };
}

test.skipIf(!corporaPresent)('the TNEF corpus, as reviewed by eye and against the tnef and ytnef programs', () => {
  expect(
    Object.fromEntries(tnefNames().map((name) => [name, outline(readTnef(readTnefFile(name)))])),
  ).toMatchInlineSnapshot(`
    {
      "MAPI_ATTACH_DATA_OBJ.tnef": {
        "attachments": [
          "VI205A~1.DOC | VIA_Nytt_1402.doc | 61952 65f3118a",
          "VIANYT~1.PDF | VIA_Nytt_1402.pdf | 213685 3d634264",
          "VIANYT~1.HTM | VIA_Nytt_14021.htm | 68919 acfd2f0d",
        ],
        "body": {
          "html": null,
          "rtf": "2429 d2def0a0",
          "text": "1952 bf9a8c7a",
        },
        "from": null,
        "issues": [],
        "messageClass": "IPM.Note",
        "messageId": "<BBDA395B19A3D3119A0E0000F8D02CA902AEBCE8@ODIN>",
        "sentAt": "2002-08-20T11:39:48.407Z",
        "subject": "Bodø-damer på vei!",
        "to": [],
      },
      "MAPI_OBJECT.tnef": {
        "attachments": [
          "Untitled_Attachment | null | 628224 db76ed96",
        ],
        "body": {
          "html": null,
          "rtf": "732 5071040f",
          "text": "336 32329835",
        },
        "from": null,
        "issues": [],
        "messageClass": "IPM.Note",
        "messageId": "<BF55F48D9D4AD51190C500D0B7BB2C6E089088FE@xau03.aus.hp.com>",
        "sentAt": "2002-10-08T00:15:35.531Z",
        "subject": "OCTOBER DISCOUNTED PRICE LIST",
        "to": [],
      },
      "attachments.tnef": {
        "attachments": [
          "ZAPPA_~2.JPG | zappa_av1.jpg | 2937 7c35a387",
          "bookmark.htm | bookmark.htm | 85805 57f86cd7",
        ],
        "body": {
          "html": null,
          "rtf": "443 da47219e",
          "text": "105 1c5a2fe2",
        },
        "from": null,
        "issues": [],
        "messageClass": "IPM.Note",
        "messageId": null,
        "sentAt": null,
        "subject": null,
        "to": [],
      },
      "badchecksum.tnef": {
        "attachments": [
          "ZAPPA_~2.JPG | zappa_av1.jpg | 2937 7c35a387",
          "bookmark.htm | bookmark.htm | 85805 57f86cd7",
        ],
        "body": {
          "html": null,
          "rtf": "443 da47219e",
          "text": "105 1c5a2fe2",
        },
        "from": null,
        "issues": [
          "EMBEDDED_DAMAGED",
        ],
        "messageClass": "IPM.Note",
        "messageId": null,
        "sentAt": null,
        "subject": null,
        "to": [],
      },
      "body.tnef": {
        "attachments": [],
        "body": {
          "html": "5358 be9985eb",
          "rtf": null,
          "text": null,
        },
        "from": "",
        "issues": [],
        "messageClass": "IPM.Note",
        "messageId": "<4520F6151DAF2A44BA878BF2F380348E26E5@br-exch-dev1.brexchange.dolphinsearch.com>",
        "sentAt": "2005-04-25T17:15:35.686Z",
        "subject": "Bill of Rights",
        "to": [
          "3kuser2@brexchange.dolphinsearch.com",
        ],
      },
      "data-before-name.tnef": {
        "attachments": [
          "AUTOEXEC.BAT | AUTOEXEC.BAT | 0 d41d8cd9",
          "CONFIG.SYS | CONFIG.SYS | 0 d41d8cd9",
          "boot.ini | boot.ini | 289 9abbbabd",
        ],
        "body": {
          "html": null,
          "rtf": "163 e5cd0d49",
          "text": "8 3e34161a",
        },
        "from": null,
        "issues": [],
        "messageClass": "IPM.Note",
        "messageId": null,
        "sentAt": null,
        "subject": null,
        "to": [],
      },
      "garbage-at-end.tnef": {
        "attachments": [],
        "body": {
          "html": null,
          "rtf": null,
          "text": null,
        },
        "from": null,
        "issues": [
          "EMBEDDED_DAMAGED",
        ],
        "messageClass": "Report.IPM.Note.IPNRN",
        "messageId": null,
        "sentAt": null,
        "subject": null,
        "to": [],
      },
      "long-filename.tnef": {
        "attachments": [
          "ALLPRO~1.DAT | allproductsmar2000.dat | 279 49a000a7",
        ],
        "body": {
          "html": null,
          "rtf": "1066 19c42034",
          "text": "710 806495bc",
        },
        "from": null,
        "issues": [],
        "messageClass": "IPM.Note",
        "messageId": "<A58643BEDEF7D211BABB0008C75D853F0173A32E@fhpri01.compuware.com>",
        "sentAt": "1999-11-17T20:28:44.984Z",
        "subject": "RE: license file",
        "to": [],
      },
      "missing-filenames.tnef": {
        "attachments": [
          "generpts.src | generpts.src | 61210 ca67140d",
          "null | TechlibDEC99.doc | 33792 74d3afaa",
          "null | TechlibDEC99-JAN00.doc | 34304 abfefd31",
          "null | TechlibNOV99.doc | 33792 e51074ae",
        ],
        "body": {
          "html": null,
          "rtf": "1367 a6ee564e",
          "text": "946 b02788d7",
        },
        "from": null,
        "issues": [],
        "messageClass": "IPM.Note",
        "messageId": "<41D7BC0B968CD111B6A100805FA774F503F2AAEB@itbne-msg01.incorrect.bhp.com.au>",
        "sentAt": "2000-02-11T06:13:53.403Z",
        "subject": "Y2K problem with Add-DT",
        "to": [],
      },
      "multi-name-property.tnef": {
        "attachments": [],
        "body": {
          "html": null,
          "rtf": null,
          "text": null,
        },
        "from": "info@sitec-owl.de",
        "issues": [],
        "meeting": "appointment 2003-06-08T22:00:00Z 2003-06-09T22:00:00Z Deutschland",
        "messageClass": "IPM.Appointment",
        "messageId": null,
        "sentAt": "2006-02-17T09:23:08.890Z",
        "subject": "Pfingstmontag",
        "to": [],
      },
      "multi-value-attribute.tnef": {
        "attachments": [
          "208225~1.mp3 | 208225__5_seconds__Voice_Mail.mp3 | 10656 ff6aa0bb",
        ],
        "body": {
          "html": "693 c938f098",
          "rtf": "1796 eec4ffaa",
          "text": null,
        },
        "from": "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@infinera.com",
        "issues": [],
        "messageClass": "IPM.Note.Microsoft.Voicemail.UM.CA",
        "messageId": null,
        "sentAt": null,
        "subject": null,
        "to": [],
      },
      "one-file.tnef": {
        "attachments": [
          "AUTHORS | AUTHORS | 244 64f49fc1",
        ],
        "body": {
          "html": null,
          "rtf": null,
          "text": null,
        },
        "from": null,
        "issues": [],
        "messageClass": "IPM.Note",
        "messageId": "<14341.17488.631053.695454@localhost.localdomain>",
        "sentAt": "1999-10-14T02:47:44Z",
        "subject": "one-file",
        "to": [],
      },
      "panic.tnef": {
        "attachments": [
          "image001.jpg | image001.jpg | 11250 fb65667b",
          "image002.jpg | image002.jpg | 9583 7c4995a0",
          "image003.png | image003.png | 7147 5a3257db",
        ],
        "body": {
          "html": "10561 3e239180",
          "rtf": null,
          "text": null,
        },
        "from": "anders.waglund@bifirm.com",
        "issues": [
          "EMBEDDED_DAMAGED",
        ],
        "messageClass": "IPM.Note",
        "messageId": "<VI1PR07MB1486473A0B5207810BB98E10EDCA0@VI1PR07MB1486.eurprd07.prod.outlook.com>",
        "sentAt": "2016-01-12T13:14:55Z",
        "subject": "Fw: VIKTIGT: Vill att någon av er gör följande ändringar i https://baka.spiderads.eu/",
        "to": [],
      },
      "rtf.tnef": {
        "attachments": [],
        "body": {
          "html": null,
          "rtf": "593 92c3465b",
          "text": "239 8ae9c060",
        },
        "from": null,
        "issues": [],
        "messageClass": "IPM.Note",
        "messageId": "<013501bf1643$6d982290$17ce15d1@hornet.vireo.com>",
        "sentAt": "1999-10-14T12:55:44Z",
        "subject": null,
        "to": [],
      },
      "triples.tnef": {
        "attachments": [],
        "body": {
          "html": null,
          "rtf": "247 7e5e8dec",
          "text": "20 063a36fb",
        },
        "from": "rakhmanoff@sundance.spb.ru",
        "issues": [],
        "meeting": "appointment 2003-05-23T14:00:00Z 2003-05-23T15:00:00Z Sample Location",
        "messageClass": "IPM.Appointment",
        "messageId": null,
        "sentAt": "2003-05-23T13:26:17.700Z",
        "subject": "Sample Summary",
        "to": [],
      },
      "two-files.tnef": {
        "attachments": [
          "AUTHORS | AUTHORS | 244 64f49fc1",
          "README | README | 893 7b46a88a",
        ],
        "body": {
          "html": null,
          "rtf": null,
          "text": null,
        },
        "from": null,
        "issues": [],
        "messageClass": "IPM.Note",
        "messageId": "<14341.17573.560761.368512@localhost.localdomain>",
        "sentAt": "1999-10-14T02:49:09Z",
        "subject": "two files",
        "to": [],
      },
      "unicode-mapi-attr-name.tnef": {
        "attachments": [
          "spaconsole2.cfg | spaconsole2.cfg | 8387 907a560d",
          "image001.png | image001.png | 3815 c123f9a9",
          "image002.png | image002.png | 3573 bf87d15c",
          "image003.png | image003.png | 3792 bdf717cf",
        ],
        "body": {
          "html": "6361 ac27e856",
          "rtf": null,
          "text": null,
        },
        "from": "M.Jablonkowski@promedica24.pl",
        "issues": [],
        "messageClass": "IPM.Note",
        "messageId": "<3471F010E285B744A23B2B4A58D1FD3851E817DA@PM24-EX1.pm24.local>",
        "sentAt": "2014-06-20T10:27:10Z",
        "subject": "RE: [ZGLOSZENIE] THU#29044 Aktualizacja numerów w dodatkowych panelach",
        "to": [],
      },
      "unicode-mapi-attr.tnef": {
        "attachments": [
          "example.dat | example.dat | 1024 cc08b979",
        ],
        "body": {
          "html": "1226 75c31971",
          "rtf": null,
          "text": null,
        },
        "from": "Administrator@exchange.local",
        "issues": [],
        "messageClass": "IPM.Note",
        "messageId": "<011fdf9d1a754260a583e5c6c89061d3@WIN-N56837RFTER.exchange.local>",
        "sentAt": "2017-03-07T12:04:24Z",
        "subject": "example",
        "to": [],
      },
    }
  `);
});

test.skipIf(!corporaPresent)('the damaged copy of a stream gives the same attachments', () => {
  const digests = (name: string) => readTnef(readTnefFile(name)).attachments.map(({ bytes }) => digest(bytes));
  expect(digests('badchecksum.tnef')).toEqual(digests('attachments.tnef'));
});
