// What does a part of the address say? Links are cut short and mistyped: what cannot be read stands for itself.
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
