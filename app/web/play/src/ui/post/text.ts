/** Splits a post's text into plain runs and the hashtags the server recognised in it. */

export interface TextRun {
  text: string;
  tag: string | null;
}

const tagPattern = /[#＃]([\p{L}\p{N}\p{M}_·]+)[#＃]?/gu;

export function textRuns(text: string, hashtags: readonly string[]): TextRun[] {
  const known = new Set(hashtags.map((tag) => tag.toLowerCase()));
  const runs: TextRun[] = [];
  let from = 0;
  for (const found of text.matchAll(tagPattern)) {
    const tag = found[1] ?? "";
    if (!known.has(tag.toLowerCase())) continue;
    const whole = `${text[found.index] ?? "#"}${tag}`;
    if (found.index > from) runs.push({ text: text.slice(from, found.index), tag: null });
    runs.push({ text: whole, tag });
    from = found.index + whole.length;
  }
  if (from < text.length) runs.push({ text: text.slice(from), tag: null });
  return runs;
}

/** The hashtags of a text being written, as the server will see them. */
export function tagsIn(text: string): string[] {
  return [...new Set([...text.matchAll(tagPattern)].map((found) => found[1] ?? ""))];
}

/** What a reader counts as characters: an emoji is one. */
export function characters(text: string): number {
  return [...text].length;
}
