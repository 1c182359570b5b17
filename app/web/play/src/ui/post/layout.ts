/** How pictures share the width of a card: one keeps its ratio, 2–4 two columns, 5–9 three. */

export interface Frame {
  /** Width divided by height. */
  ratio: number;
  /** Share of the card's width, in percent. */
  widthPercent: number;
  /** Whether so much is cut off that the reader should be told. */
  long: boolean;
}

const ratioMin = 0.6;
const ratioMax = 2.4;
/** A single picture is at most this much higher than the card is wide. */
const heightMaxOfWidth = 1.05;

export function singleFrame(width: number, height: number): Frame {
  const natural = height > 0 && width > 0 ? width / height : 1;
  const ratio = Math.min(ratioMax, Math.max(ratioMin, natural));
  const widthPercent = Math.min(100, Math.round(ratio * heightMaxOfWidth * 100));
  return { ratio, widthPercent, long: natural < ratioMin * 0.75 };
}

export function columnsFor(count: number): 1 | 2 | 3 {
  if (count <= 1) return 1;
  return count <= 4 ? 2 : 3;
}

/** The `sizes` of one cell, for a card that fills a phone or the 600 px column. */
export function cellSizes(count: number): string {
  const columns = columnsFor(count);
  return `(min-width: 680px) ${Math.round(560 / columns)}px, ${Math.round(92 / columns)}vw`;
}
