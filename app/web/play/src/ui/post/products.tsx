import type { JSX } from "preact";
import type { ProductCard } from "../../api/types";
import { t } from "../../i18n";
import { Icon } from "../icons";
import { Picture } from "../picture";
import { Amount } from "../values";

/** Product chips that scroll sideways. */
export function ProductChips({ products }: { products: ProductCard[] }): JSX.Element | null {
  if (products.length === 0) return null;
  return (
    <ul class={products.length === 1 ? "chips single" : "chips"} aria-label={t("post.products")}>
      {products.map((product) => (
        <li key={product.id}>
          <a class="chip" href={safeLink(product.link)} rel="noopener noreferrer" target="_blank">
            <ProductFace product={product} />
          </a>
        </li>
      ))}
    </ul>
  );
}

/** Picture, title, price and stock of a product; used by chips and by the picker. */
export function ProductFace({ product }: { product: ProductCard }): JSX.Element {
  const soldOut = product.stock === "sold_out";
  return (
    <>
      <span class={soldOut ? "chip-picture sold-out" : "chip-picture"}>
        {product.image ? (
          <Picture image={product.image} sizes="56px" alt="" />
        ) : (
          <Icon name="bag" size={24} />
        )}
      </span>
      <span class="chip-words">
        <span class="chip-title">{product.title}</span>
        <span class="chip-price">
          <Amount money={product.price} />
          {product.originalPrice ? <Amount money={product.originalPrice} struck /> : null}
          {product.stock === "in_stock" ? null : (
            <span class={soldOut ? "stock out" : "stock low"}>
              {t(soldOut ? "post.soldOut" : "post.low")}
            </span>
          )}
        </span>
      </span>
    </>
  );
}

/** Only addresses of the web; a brand's text never becomes a script. */
export function safeLink(link: string | null): string | undefined {
  if (link === null) return undefined;
  return /^(https?:\/\/|\/)/i.test(link) ? link : undefined;
}
