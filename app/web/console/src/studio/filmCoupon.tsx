import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Id } from "@play/api/types";
import { offText, termsText } from "@play/ui/coupon/words";
import { Segments } from "@play/ui/segments";
import { makeCoupon } from "../api/things";
import type { OwnCoupon } from "../api/things";
import { t } from "../i18n";
import { readCoupon } from "./couponForm";
import type { CouponForm } from "./couponForm";
import { Field, Making } from "./making";

interface FilmCouponProps {
  brandId: Id;
  made: (coupon: OwnCoupon) => void;
  close: () => void;
}

const titleMax = 60;
const blank: CouponForm = {
  title: "",
  sort: "amount",
  worth: "",
  cap: "",
  minimum: "",
  count: "1000",
  collectDays: "7",
  validDays: "30",
};

/** A coupon made where it is needed; shoppers can collect it at once. */
export function FilmCoupon({ brandId, made, close }: FilmCouponProps): JSX.Element {
  const [form, setForm] = useState(blank);
  const coupon = readCoupon(form);
  const put = (part: Partial<CouponForm>) => setForm({ ...form, ...part });
  async function make() {
    if (coupon !== null) made(await makeCoupon(brandId, coupon));
  }
  const begun = form.title !== "" || form.worth !== "";
  return (
    <Making
      title={t("coupon.new")}
      look="coupon-form"
      tall
      help={
        coupon === null ? t("coupon.bad") : `${offText(coupon.discount)} · ${termsText(coupon)}`
      }
      bad={begun && coupon === null}
      ready={coupon !== null}
      action={t("coupon.make")}
      make={make}
      close={close}
    >
      <Field
        label={t("coupon.title")}
        value={form.title}
        max={titleMax}
        put={(title) => put({ title })}
      />
      <Segments
        label={t("coupon.sort")}
        value={form.sort}
        options={[
          { value: "amount", label: t("coupon.amount") },
          { value: "percent", label: t("coupon.percent") },
        ]}
        choose={(sort: CouponForm["sort"]) => put({ sort })}
      />
      <Numbers form={form} put={put} />
    </Making>
  );
}

interface NumbersProps {
  form: CouponForm;
  put: (part: Partial<CouponForm>) => void;
}

function Numbers({ form, put }: NumbersProps): JSX.Element {
  const percent = form.sort === "percent";
  return (
    <>
      <Field
        label={t(percent ? "coupon.rate" : "coupon.off")}
        value={form.worth}
        max={12}
        put={(worth) => put({ worth })}
        money
      />
      {percent ? (
        <Field
          label={t("coupon.cap")}
          value={form.cap}
          max={12}
          put={(cap) => put({ cap })}
          money
        />
      ) : null}
      <Field
        label={t("coupon.minimum")}
        value={form.minimum}
        max={12}
        put={(minimum) => put({ minimum })}
        money
      />
      <Field
        label={t("coupon.count")}
        value={form.count}
        max={7}
        put={(count) => put({ count })}
        money
      />
      <Field
        label={t("coupon.collectDays")}
        value={form.collectDays}
        max={3}
        put={(collectDays) => put({ collectDays })}
        money
      />
      <Field
        label={t("coupon.validDays")}
        value={form.validDays}
        max={3}
        put={(validDays) => put({ validDays })}
        money
      />
    </>
  );
}
