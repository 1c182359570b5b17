import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { readProduct } from "../../api/products";
import type { Id } from "../../api/types";
import { t } from "../../i18n";
import { addToCart, cart, takeFromCart } from "../../store/cart";
import { say } from "../../store/toasts";
import { Button, IconButton } from "../../ui/button";
import { Icon } from "../../ui/icons";
import { Picture } from "../../ui/picture";
import { safeLink } from "../../ui/post/products";
import { Amount } from "../../ui/values";
import type { Reading } from "./state";
import { reading } from "./state";

interface ProductProps {
  shown: Reading;
  added: (productId: Id, cueId: Id | null) => void;
}

/** A product to read about, while the film goes on in a corner. */
export function ProductPage({ shown, added }: ProductProps): JSX.Element {
  const [product, setProduct] = useState(shown.product);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    heading.current?.focus({ preventScroll: true });
    // price and stock as they are now, not as they were when the film began
    readProduct(shown.product.id).then(
      (fresh) => setProduct({ ...shown.product, ...fresh, type: "product" }),
      () => undefined,
    );
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  const close = () => {
    reading.value = null;
  };
  const has = cart.value.includes(product.id);
  const out = product.stock === "sold_out";
  const link = safeLink(product.link);
  function put() {
    if (has) return takeFromCart(product.id);
    if (addToCart(product.id)) added(product.id, shown.cueId);
    say(t("video.added"));
    return undefined;
  }
  return (
    <section
      class="product-page"
      aria-labelledby="product-title"
      onPointerDown={(event) => event.stopPropagation()}
    >
      <IconButton icon="back" class="product-back" label={t("video.backToFilm")} onClick={close} />
      <div class={out ? "product-picture out" : "product-picture"}>
        {product.image ? (
          <Picture image={product.image} sizes="100vw" alt="" eager />
        ) : (
          <Icon name="bag" size={64} />
        )}
      </div>
      <div class="product-words">
        <p class="product-price">
          <Amount money={product.price} />
          {product.originalPrice ? <Amount money={product.originalPrice} struck /> : null}
          {product.stock === "in_stock" ? null : (
            <span class={out ? "stock out" : "stock low"}>
              {t(out ? "video.soldOut" : "video.low")}
            </span>
          )}
        </p>
        <h2 id="product-title" ref={heading} tabIndex={-1}>
          {product.title}
        </h2>
      </div>
      <div class="product-bar">
        <Button icon="cart" wide disabled={out && !has} pressed={has} onClick={put}>
          {t(has ? "video.inCart" : "video.addToCart")}
        </Button>
        {link === undefined || out ? null : (
          <a
            class="button button-action button-m wide"
            href={link}
            target="_blank"
            rel="noopener noreferrer"
          >
            {t("video.buy")}
          </a>
        )}
      </div>
    </section>
  );
}
