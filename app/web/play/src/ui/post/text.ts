/** Splits a post's text into plain runs and the hashtags the server recognised in it. */

export interface TextRun {
  text: string;
  tag: string | null;
}

/** Both spellings count: #话题# with spaces inside, and #word; the server reads them the same. */
const tagPattern =
  /[#＃]([^#＃\s](?:[^#＃\n]{0,38}[^#＃\s])?)[#＃]|[#＃]([\p{L}\p{N}_]{1,40})(?![\p{L}\p{N}_])/gu;
const visible = /[\p{L}\p{N}_]/u;
const tagsMax = 10;

export function textRuns(text: string, hashtags: readonly string[]): TextRun[] {
  const known = new Set(hashtags.map(tagKey));
  const runs: TextRun[] = [];
  let from = 0;
  for (const found of text.matchAll(tagPattern)) {
    const tag = found[1] ?? found[2] ?? "";
    const [whole] = found;
    if (!known.has(tagKey(tag))) continue;
    if (found.index > from) runs.push({ text: text.slice(from, found.index), tag: null });
    runs.push({ text: whole, tag });
    from = found.index + whole.length;
  }
  if (from < text.length) runs.push({ text: text.slice(from), tag: null });
  return runs;
}

/** The hashtags of a text being written, as the server will see them. */
export function tagsIn(text: string): string[] {
  const tags = new Map<string, string>();
  for (const found of text.matchAll(tagPattern)) {
    const tag = found[1] ?? found[2] ?? "";
    if (visible.test(tag) && !tags.has(tagKey(tag))) tags.set(tagKey(tag), tag);
  }
  return [...tags.values()].slice(0, tagsMax);
}

/** The form in which two spellings are the same topic. */
function tagKey(tag: string): string {
  return tag.normalize("NFKC").toLowerCase();
}

/** What a reader counts as characters: an emoji is one. */
export function characters(text: string): number {
  return [...text].length;
}
