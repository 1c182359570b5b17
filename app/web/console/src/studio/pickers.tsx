import type { JSX } from "preact";
import type { Id, ProductCard } from "@play/api/types";
import type { CouponTarget, PacketTarget, PollTarget, ProductTarget } from "@play/api/videos";
import type { PacketForm } from "@play/api/packets";
import { t as tPlay } from "@play/i18n";
import { offText, termsText } from "@play/ui/coupon/words";
import { ProductFace } from "@play/ui/post/products";
import { findProducts, listOwnCoupons, listOwnPackets, listOwnPolls } from "../api/things";
import type { OwnCoupon, OwnPacket, OwnPoll } from "../api/things";
import { t } from "../i18n";
import { FilmCoupon } from "./filmCoupon";
import { FilmPacket } from "./filmPacket";
import { FilmPoll } from "./filmPoll";
import { Help } from "./inspector";
import { Face, Picker } from "./picker";
import type { Picking } from "./picker";

/** Which product a moment shows. */
export function ProductPicker({ brandId, ...rest }: Picking): JSX.Element {
  return (
    <Picker
      {...rest}
      kind={{
        type: "product",
        label: t("cue.product"),
        hint: t("cue.productHint"),
        find: async (q) => (await findProducts(brandId, q)).items,
        searched: true,
        none: t("cue.noProducts"),
        face: (product) => <ProductFace product={product} />,
        targetOf: productTarget,
        chosen: (target) => (
          <span class="chip">
            <ProductFace product={{ ...target, brandId }} />
          </span>
        ),
      }}
    />
  );
}

/** Which packet opens at a moment. */
export function PacketPicker({
  brandId,
  videoId,
  ...rest
}: Picking & { videoId: Id }): JSX.Element {
  return (
    <Picker
      {...rest}
      kind={{
        type: "packet",
        label: t("cue.packet"),
        hint: t("cue.packetHint"),
        find: async () => {
          const { items } = await listOwnPackets(brandId);
          return items.filter((packet) => packet.status === "scheduled");
        },
        none: t("cue.noPackets"),
        face: (packet) => (
          <Face
            title={packet.title}
            hint={[
              tPlay(`packets.form.${packet.rules.form as PacketForm}`),
              tPlay("packets.shares", { n: packet.count }),
            ].join(" · ")}
          />
        ),
        targetOf: packetTarget,
        chosen: (target) => <p class="picked">{target.title}</p>,
        make: {
          word: t("film.packetNew"),
          form: (made, close) => (
            <FilmPacket
              brandId={brandId}
              videoId={videoId}
              atMs={rest.cue.at}
              made={made}
              close={close}
            />
          ),
        },
      }}
    />
  );
}

/** Which coupon can be collected at a moment. */
export function CouponPicker({ brandId, ...rest }: Picking): JSX.Element {
  return (
    <Picker
      {...rest}
      kind={{
        type: "coupon",
        label: t("kind.coupon"),
        hint: t("cue.couponHint"),
        find: async () => {
          const { items } = await listOwnCoupons(brandId);
          return items.filter((coupon) => coupon.state !== "over");
        },
        none: t("cue.noCoupons"),
        face: (coupon) => (
          <Face
            title={`${offText(coupon.discount)} · ${coupon.title}`}
            hint={[
              termsText(coupon),
              t("coupon.left", { left: coupon.left, count: coupon.count }),
            ].join(" · ")}
          />
        ),
        targetOf: couponTarget,
        chosen: (target) => (
          <p class="picked">
            {offText(target.discount)} · {target.title}
          </p>
        ),
        make: {
          word: t("coupon.new"),
          form: (made, close) => <FilmCoupon brandId={brandId} made={made} close={close} />,
        },
      }}
    />
  );
}

/** What is asked at a moment. */
export function PollPicker({ brandId, ...rest }: Picking): JSX.Element {
  return (
    <Picker
      {...rest}
      kind={{
        type: "poll",
        label: t("cue.poll"),
        hint: t("cue.pollHint"),
        find: async () => {
          const { items } = await listOwnPolls(brandId);
          return items.filter((poll) => poll.state !== "closed");
        },
        none: t("cue.noPolls"),
        face: (poll) => (
          <Face
            title={poll.question}
            hint={[optionsText(poll), t("poll.votes", { n: poll.votes })].join(" · ")}
          />
        ),
        targetOf: pollTarget,
        chosen: (target) => (
          <>
            <p class="picked">{target.question}</p>
            <Help>{optionsText(target)}</Help>
          </>
        ),
        make: {
          word: t("poll.new"),
          form: (made, close) => <FilmPoll brandId={brandId} made={made} close={close} />,
        },
      }}
    />
  );
}

function optionsText({ options }: Pick<PollTarget, "options">): string {
  return options.map((option) => option.text).join(" · ");
}

function productTarget(product: ProductCard): ProductTarget {
  const { id, title, price, originalPrice, image, link, stock } = product;
  return { type: "product", id, title, price, originalPrice, image, link, stock };
}

function packetTarget(packet: OwnPacket): PacketTarget {
  const { id, title, total, count, opensAt, closesAt } = packet;
  const times = { opensAt: opensAt ?? "", closesAt: closesAt ?? "" };
  return { type: "packet", id, title, form: packet.rules.form, total, count, ...times };
}

function couponTarget(coupon: OwnCoupon): CouponTarget {
  const { id, title, discount, minimum, collectFrom, collectUntil } = coupon;
  const left = coupon.left === 0 ? "sold_out" : "in_stock";
  return { type: "coupon", id, title, discount, minimum, left, collectFrom, collectUntil };
}

function pollTarget(poll: OwnPoll): PollTarget {
  const { id, question, options, results, state, opensAt, closesAt } = poll;
  return { type: "poll", id, question, options, results, state, opensAt, closesAt };
}
