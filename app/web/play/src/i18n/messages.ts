/** A sentence, or one per plural form. `{name}` marks a place for a value. */
export type Message = string | { one?: string; other: string };

export type Values = Record<string, string | number>;

/** Chooses the plural form by `n` and puts the values in; numbers are written by `count`. */
export function fill(
  message: Message,
  values: Values | undefined,
  locale: string,
  count: (n: number) => string,
): string {
  const text = typeof message === "string" ? message : chooseForm(message, values, locale);
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? count(value) : value;
  });
}

function chooseForm(
  message: Exclude<Message, string>,
  values: Values | undefined,
  locale: string,
): string {
  const n = values?.n;
  if (typeof n !== "number" || message.one === undefined) return message.other;
  return new Intl.PluralRules(locale).select(n) === "one" ? message.one : message.other;
}
