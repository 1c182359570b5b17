"""What can go wrong with products.

AppError
├── ProductNotFound 404  no such product, or another brand's
├── ExternalIdTaken 409  another product of the brand has this external id
├── CatalogueFull   409  a brand has PRODUCTS_MAX products
└── ImportRefused   400  some rows are wrong; none was taken
"""

from app.kernel.errors import Conflict, Invalid, NotFound


class ProductNotFound(NotFound):
    """No such product for this caller."""

    code, title = "product_not_found", "This product does not exist"


class ExternalIdTaken(Conflict):
    """The brand's own number is in use."""

    code, title = "external_id_taken", "Another product has this external id"


class CatalogueFull(Conflict):
    """A catalogue has a bound like everything else."""

    code, title = "catalogue_full", "The catalogue is full"


class ImportRefused(Invalid):
    """`errors` names line and field of what is wrong; nothing was changed."""

    code, title = "import_refused", "Some rows are not valid; nothing was imported"
