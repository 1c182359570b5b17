import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { searchProducts } from "../../api/products";
import type { Id, ProductCard } from "../../api/types";
import { t } from "../../i18n";
import { PagedList } from "../../store/paged";
import { Button } from "../../ui/button";
import { Endless } from "../../ui/endless";
import { Icon } from "../../ui/icons";
import { ProductFace } from "../../ui/post/products";
import { Sheet } from "../../ui/sheet";
import { Empty, LoadFailed, RowSkeletons } from "../../ui/states";
import { productsMax } from "./form";

interface PickerProps {
  chosen: ProductCard[];
  /** A brand picks from its own catalogue, everybody else from all. */
  brandId: Id | null;
  choose: (products: ProductCard[]) => void;
  close: () => void;
}

const pauseMs = 300;

export function ProductPicker({ chosen, brandId, choose, close }: PickerProps): JSX.Element {
  const [typed, setTyped] = useState("");
  const [query, setQuery] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setQuery(typed.trim()), pauseMs);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <Sheet title={t("publish.addProducts")} close={close} tall>
      <div class="picker-search">
        <Icon name="search" size={20} />
        <input
          type="search"
          class="input"
          aria-label={t("publish.productSearch")}
          placeholder={t("publish.productSearch")}
          maxLength={50}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </div>
      <div class="sheet-scroll">
        {query === "" && brandId === null ? (
          <Empty scene="search" title={t("publish.searchFirst")} />
        ) : (
          <Found key={query} query={query} brandId={brandId} chosen={chosen} choose={choose} />
        )}
      </div>
      <Button look="action" wide onClick={close}>
        {chosen.length > 0
          ? `${t("act.done")} · ${t("publish.productsCount", { n: chosen.length })}`
          : t("act.done")}
      </Button>
    </Sheet>
  );
}

interface FoundProps {
  query: string;
  brandId: Id | null;
  chosen: ProductCard[];
  choose: (products: ProductCard[]) => void;
}

function Found({ query, brandId, chosen, choose }: FoundProps): JSX.Element {
  const list = useMemo(
    () =>
      new PagedList<ProductCard>(
        (cursor) => searchProducts(query, brandId, cursor),
        (product) => product.id,
      ),
    [query, brandId],
  );
  useEffect(() => list.open(), [list]);
  const state = list.state.value;
  const products = list.items.value;
  if (state === "loading") return <RowSkeletons />;
  if (state === "failed") {
    return <LoadFailed error={list.error.value} retry={() => void list.refresh()} />;
  }
  if (products.length === 0) return <Empty scene="search" title={t("publish.noProducts")} />;
  const ids = new Set(chosen.map((product) => product.id));
  return (
    <>
      <ul class="picker">
        {products.map((product) => {
          const on = ids.has(product.id);
          return (
            <li key={product.id}>
              <label class={on ? "picker-row on" : "picker-row"}>
                <input
                  type="checkbox"
                  checked={on}
                  disabled={!on && chosen.length >= productsMax}
                  onChange={() =>
                    choose(
                      on ? chosen.filter((each) => each.id !== product.id) : [...chosen, product],
                    )
                  }
                />
                <ProductFace product={product} />
              </label>
            </li>
          );
        })}
      </ul>
      <Endless list={list} />
    </>
  );
}
