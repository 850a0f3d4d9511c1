/** Messages embedded in messages embedded in messages; each level checks the sums of all below it. */
export const TNEF_DEPTH_LIMIT = 32;

/** An attachment costs an attacker 25 octets of stream and us an object. */
export const TNEF_ATTACHMENT_LIMIT = 10_000;

/** Groups nested in RTF; deeper ones are read with the state of the last one kept. */
export const RTF_GROUP_LIMIT = 1_000;

/** Fonts in an RTF font table that are remembered. */
export const RTF_FONT_LIMIT = 10_000;
