"""What happened to brands, told inside the transaction that made it true."""

import msgspec


class BrandCreated(msgspec.Struct, frozen=True):
    """A brand exists. Its live content account has the brand's id."""

    brand_id: int
    test_account_id: int
    """The id of the content account that its test keys publish as."""
    name: str


class BrandRenamed(msgspec.Struct, frozen=True):
    """A brand has another name."""

    brand_id: int
    name: str
