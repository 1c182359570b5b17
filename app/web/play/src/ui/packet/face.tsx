import type { JSX } from "preact";
import type { Id } from "../../api/types";
import { t } from "../../i18n";
import { accountCard } from "../../store/accountCards";
import { Avatar } from "../avatar";

interface FaceProps {
  brandId: Id;
  title: string;
  headingId?: string;
}

/** Who gives, and what it says on the envelope. */
export function Giver({ brandId, title, headingId }: FaceProps): JSX.Element {
  const brand = accountCard(brandId).value;
  return (
    <div class="giver">
      <span class="giver-face">
        <Avatar account={brand ?? { id: brandId, name: "", avatar: null }} size={56} />
      </span>
      <p class="giver-name">{brand ? t("packets.from", { name: brand.name }) : "\u00a0"}</p>
      <h2 class="giver-title" id={headingId}>
        {title}
      </h2>
    </div>
  );
}
