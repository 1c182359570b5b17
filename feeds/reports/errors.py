"""What can go wrong with reports.

AppError
└── TargetNotFound 404  what is reported does not exist for this shopper
"""

from app.kernel.errors import NotFound


class TargetNotFound(NotFound):
    """There is no such thing to report."""

    code, title = "report_target_not_found", "What you report does not exist"
