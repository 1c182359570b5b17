import type { JSX } from "preact";

/** Small drawings for empty places, in the colours of the tokens. */
export type SceneName =
  "quiet" | "cloud" | "broken" | "gone" | "people" | "bell" | "search" | "pen" | "gift";

const ground = <ellipse cx="80" cy="104" rx="52" ry="7" class="scene-shade" />;

const drawings: Record<SceneName, JSX.Element> = {
  quiet: (
    <>
      <rect x="40" y="34" width="80" height="64" rx="12" class="scene-card" />
      <circle cx="56" cy="50" r="7" class="scene-gold" />
      <rect x="68" y="45" width="34" height="5" rx="2.5" class="scene-line" />
      <rect x="68" y="54" width="22" height="4" rx="2" class="scene-line" />
      <rect x="49" y="66" width="29" height="23" rx="5" class="scene-wash" />
      <rect x="82" y="66" width="29" height="23" rx="5" class="scene-wash" />
      <path d="M112 22l2.5 6 6 2.5-6 2.5-2.5 6-2.5-6-6-2.5 6-2.5z" class="scene-red" />
    </>
  ),
  gift: (
    <>
      <rect x="52" y="26" width="56" height="74" rx="10" class="scene-red" />
      <path d="M52 50c12 16 44 16 56 0" class="scene-card" />
      <circle cx="80" cy="62" r="12" class="scene-gold" />
    </>
  ),
  cloud: (
    <>
      <path d="M52 88a18 18 0 0 1 1-36 28 28 0 0 1 53-4 20 20 0 0 1 2 40z" class="scene-card" />
      <path d="M70 62l20 18M90 62 70 80" class="scene-stroke" />
    </>
  ),
  broken: (
    <>
      <path d="M46 50h68l-7 48H53z" class="scene-card" />
      <path d="M64 56V44a16 16 0 0 1 32 0v12" class="scene-stroke" />
      <path d="M80 62l-7 12 12 4-6 14" class="scene-stroke" />
    </>
  ),
  gone: (
    <>
      <rect x="44" y="36" width="72" height="60" rx="12" class="scene-card scene-dash" />
      <path d="M68 78c4-6 20-6 24 0M70 58h.01M90 58h.01" class="scene-stroke" />
    </>
  ),
  people: (
    <>
      <circle cx="62" cy="56" r="13" class="scene-wash" />
      <path d="M38 98a24 24 0 0 1 48 0z" class="scene-wash" />
      <circle cx="96" cy="50" r="15" class="scene-card" />
      <path d="M68 98a28 28 0 0 1 56 0z" class="scene-card" />
      <path d="M118 26v14M111 33h14" class="scene-stroke" />
    </>
  ),
  bell: (
    <>
      <path d="M56 84V62a24 24 0 0 1 48 0v22l7 8H49z" class="scene-card" />
      <path d="M72 97a8 8 0 0 0 16 0" class="scene-stroke" />
      <circle cx="103" cy="42" r="8" class="scene-red" />
    </>
  ),
  search: (
    <>
      <circle cx="74" cy="58" r="25" class="scene-card" />
      <path d="M92 77l18 18M66 62c3-4 13-4 16 0M68 52h.01M80 52h.01" class="scene-stroke" />
    </>
  ),
  pen: (
    <>
      <rect x="46" y="34" width="60" height="66" rx="10" class="scene-card" />
      <path d="M58 52h34M58 64h26M58 76h18" class="scene-stroke thin" />
      <path d="M90 90l4-14 22-22 10 10-22 22z" class="scene-gold" />
    </>
  ),
};

export function Scene({ name }: { name: SceneName }): JSX.Element {
  return (
    <svg class="scene" width="160" height="116" viewBox="0 0 160 116" aria-hidden="true">
      {ground}
      {drawings[name]}
    </svg>
  );
}
