import type { JSX } from "preact";
import type { ImageView } from "../api/types";
import { Picture } from "./picture";

interface AvatarProps {
  account: { id: string; name: string; avatar: ImageView | null };
  size?: 24 | 32 | 40 | 56 | 88;
}

const tints = 6;

/** A round picture, or the first letter of the name on a colour of its own. Decorative. */
export function Avatar({ account, size = 40 }: AvatarProps): JSX.Element {
  if (account.avatar) {
    return (
      <span class={`avatar avatar-${size}`}>
        <Picture image={account.avatar} sizes={`${size}px`} alt="" />
      </span>
    );
  }
  return (
    <span class={`avatar avatar-${size} tint-${tintOf(account.id)}`} aria-hidden="true">
      {[...account.name.trim()][0] ?? "·"}
    </span>
  );
}

function tintOf(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) % 9973;
  return sum % tints;
}
