"""What happened to products, told inside the transaction that made it true."""

import msgspec


class ProductsChanged(msgspec.Struct, frozen=True):
    """The cards of these products are other ones, or gone."""

    product_ids: tuple[int, ...]
