// What of a text that a stranger has chosen may be shown?

/** Without what would move a terminal's cursor, break a line or turn the reading direction round. */
export const plainText = (text: string): string => text.replaceAll(/\p{C}/gu, '');
