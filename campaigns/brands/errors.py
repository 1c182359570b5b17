"""What can go wrong with brands.

AppError
├── BrandNotFound  404  no such brand, or not yours
└── BrandNameTaken 409  another brand has this name
"""

from app.kernel.errors import Conflict, NotFound


class BrandNotFound(NotFound):
    """No such brand, or the caller does not act for it."""

    code, title = "brand_not_found", "This brand does not exist"


class BrandNameTaken(Conflict):
    """Another brand's name reads the same."""

    code, title = "brand_name_taken", "Another brand has this name"
