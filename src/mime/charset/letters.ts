/** How a language is written: what its text is made of, the most frequent first. */
export interface Letters {
  /** Letters in the order of their frequency, lower case, without accents. */
  readonly ranked: string;
  /** Characters that are met too: capitals of scripts without case, marks, digits. Far less frequent than letters. */
  readonly others: RegExp;
}

/** Russian, with the letters only Ukrainian, Belarusian, Bulgarian and Serbian have behind them. */
export const CYRILLIC: Letters = {
  ranked: 'оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёіїєўґјљњћђџ',
  others: /[«»–—№„“”’… ]/u,
};

export const GREEK: Letters = { ranked: 'αοιετσνηυρπκμλςωγδβχθφξζψ', others: /[«»–—’… ·]/u };

export const HEBREW: Letters = {
  ranked: 'יוהלאמרתבשנעםדקפחטגצסןזכךץף',
  others: /[\u05b0-\u05f4„“”–—’… ]/u,
};

export const ARABIC: Letters = {
  ranked: 'ايلمنورتبةعدسفهكقحجشطصخىضءذثزغئظؤپگچژ',
  others: /[\u060c\u061b\u061f\u0640«»–— ]|[\u064b-\u0652]/u,
};

/** Vowel signs and tone marks are letters here: a third of Thai text is made of them. */
export const THAI: Letters = {
  ranked: 'านรกอเงม่ย้วลดทสตั์ิีปบคะแหพชขุจใไูโำืธณผศซถฟษ็ญึฉภฐฝฮฎฒฏฤๆ',
  others: /[ฯ๐-๙ฆฌฑฬ“”– ]/u,
};

/** Accented letters of western Europe; those of English and French typography are among the others. */
export const WESTERN: Letters = {
  ranked: 'éäüöáèíóàçãñêøåúæßôâõîòëùïûìœðþýšžÿ',
  others: /[\u2018-\u201e\u2013\u2014\u2022\u2026\u20ac£§°«»©®·´¡¿ª\u2122 ]/u,
};

/** The most frequent characters of Chinese in simplified writing: nearly half of running text. */
export const SIMPLIFIED =
  '的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长';

/** The same in traditional writing. */
export const TRADITIONAL =
  '的一是不了人我在有他這為之大來以個中上們到說國和地也子時道出而要於就下得可你年生自會那後能對著事其裡所去行過家十用發天如然作方成者多日都三小軍二無同麼經法當起與好看學進種將還分此心前面又定見只主沒公從';

/** The most frequent syllables of Korean. */
export const KOREAN =
  '이다의는에가고로을하지서도대한기인사시어자나아라정리그수일보상스은과를해전것제부주있들장으구했았요게면만여원동세계조된며';

/** The most frequent kanji of Japanese. */
export const JAPANESE =
  '日一国人年大十二本中長出三同時政事自行社見月分議後前民生連五発間対上部東者党地合市業内相方四定今回新場金員九入選立開手米力学問高代明実円関決子動京全目表戦経通外最言氏現理調体化田当八六約主題下首意法';
