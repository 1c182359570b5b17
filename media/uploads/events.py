"""What other slices may hear of uploads.

Whoever tells holds the upload until the transaction ends. Whoever hears takes no lock on what was
made of it, but leaves that to a job: those who delete it hold it first, and its upload second.
"""

import msgspec


class UploadFinished(msgspec.Struct, frozen=True):
    """The file lies whole in the object store."""

    upload_id: int
    path: str
    bytes: int
    hash: str
    """SHA-256, hexadecimal."""


class UploadFailed(msgspec.Struct, frozen=True):
    """What had arrived could not be put together; nothing of it is left."""

    upload_id: int
