import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Id } from "@play/api/types";
import type { CouponTarget, Cue } from "@play/api/videos";
import { offText, termsText } from "@play/ui/coupon/words";
import { Sheet } from "@play/ui/sheet";
import { listOwnCoupons } from "../api/things";
import type { OwnCoupon } from "../api/things";
import { t } from "../i18n";
import { FilmCoupon } from "./filmCoupon";
import { Help } from "./inspector";
import { Word } from "./pickers";

interface PickerProps {
  cue: Cue;
  brandId: Id;
  put: (cue: Cue) => void;
}

/** Which coupon can be collected at a moment. */
export function CouponPicker({ cue, brandId, put }: PickerProps): JSX.Element {
  const [open, setOpen] = useState(cue.ref === null || cue.ref === "");
  const [making, setMaking] = useState(false);
  const take = (coupon: OwnCoupon) => {
    setOpen(false);
    setMaking(false);
    put({ ...cue, ref: coupon.id, target: couponTarget(coupon) });
  };
  const target = cue.target?.type === "coupon" ? cue.target : null;
  return (
    <div class="field">
      <span class="field-label">{t("kind.coupon")}</span>
      {target ? (
        <p class="picked">
          {offText(target.discount)} · {target.title}
        </p>
      ) : null}
      {cue.ref && !target ? <Help wrong>{t("cue.gone")}</Help> : null}
      <button type="button" class="button button-plain button-m" onClick={() => setOpen(true)}>
        {target ? t("cue.change") : t("cue.pick", { kind: t("kind.coupon") })}
      </button>
      <Help>{t("cue.couponHint")}</Help>
      {open ? (
        <Coupons
          brandId={brandId}
          close={() => setOpen(false)}
          choose={take}
          create={() => {
            setOpen(false);
            setMaking(true);
          }}
        />
      ) : null}
      {making ? (
        <FilmCoupon brandId={brandId} made={take} close={() => setMaking(false)} />
      ) : null}
    </div>
  );
}

interface CouponsProps {
  brandId: Id;
  close: () => void;
  choose: (coupon: OwnCoupon) => void;
  create: () => void;
}

function Coupons({ brandId, close, choose, create }: CouponsProps): JSX.Element {
  const [found, setFound] = useState<OwnCoupon[] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    listOwnCoupons(brandId).then(
      ({ items }) => setFound(items.filter((coupon) => coupon.state !== "over")),
      setFailure,
    );
  }, []);
  return (
    <Sheet title={t("cue.pick", { kind: t("kind.coupon") })} close={close}>
      <ul class="pick-list">
        {(found ?? []).map((coupon) => (
          <li key={coupon.id}>
            <button type="button" class="chip packet-choice" onClick={() => choose(coupon)}>
              <span class="chip-words">
                <span class="chip-title">
                  {offText(coupon.discount)} · {coupon.title}
                </span>
                <span class="row-hint">
                  {termsText(coupon)}
                  {" · "}
                  {t("coupon.left", { left: coupon.left, count: coupon.count })}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <Word found={found} failure={failure} none={t("cue.noCoupons")} />
      <button type="button" class="button button-plain button-m film-packet-new" onClick={create}>
        {t("coupon.new")}
      </button>
    </Sheet>
  );
}

function couponTarget(coupon: OwnCoupon): CouponTarget {
  const { id, title, discount, minimum, collectFrom, collectUntil } = coupon;
  const left = coupon.left === 0 ? "sold_out" : "in_stock";
  return { type: "coupon", id, title, discount, minimum, left, collectFrom, collectUntil };
}
