// How does a reply become text on the operator's terminal? lightning-cli prints the lines of such a one as they are.

/** `format-hint` is lightning-cli's own word: it takes it out, and an object with one field left is shown as its value. */
export const asText = (text: string): object => ({ text, 'format-hint': 'simple' });
