"""What can be wrong with an upload. Codes of HTTP are those that tus clients act upon.

AppError
├── UploadNotFound     404  no such upload, or another's
├── UploadGone         410  it expired or was cancelled: begin again
├── UploadNotWhole     409  it was to be used before its last byte arrived
├── UploadUsed         409  something was made of it already
├── OffsetMismatch     409  these bytes are not the next ones: ask for the offset
├── UploadLocked       423  somebody else is sending right now
├── UploadOverflows    413  more bytes than were announced
├── QuotaExceeded      413  the owner's share of the store is used up
├── TooManyUploads     429  too many unfinished ones
├── WrongTusVersion    412  this server speaks tus 1.0.0
└── NotAnOffsetStream  415  a PATCH of another content type
"""

from app.kernel.errors import AppError, Conflict, NotFound, TooLarge, TooMany


class UploadNotFound(NotFound):
    """There is no such upload of this owner."""

    code, title = "upload_not_found", "This upload does not exist"


class UploadGone(AppError):
    """It was there once."""

    code, status, title = "upload_gone", 410, "This upload has expired, please begin again"


class UploadNotWhole(Conflict):
    """Bytes are missing."""

    code, title = "upload_not_whole", "This upload is not finished"


class UploadUsed(Conflict):
    """One upload becomes one thing."""

    code, title = "upload_used", "This upload was used already"


class OffsetMismatch(Conflict):
    """The client's idea of what has arrived is not ours."""

    code, title = "offset_mismatch", "These are not the next bytes of this upload"


class UploadLocked(AppError):
    """One sender at a time; trying again in a moment is right."""

    code, status, title = "upload_locked", 423, "This upload is being continued elsewhere"


class UploadOverflows(TooLarge):
    """What is over the announced length was not stored."""

    code, title = "upload_overflows", "More bytes than this upload was to have"


class QuotaExceeded(TooLarge):
    """Nothing was begun."""

    code, title = "quota_exceeded", "There is no room left for this file"


class TooManyUploads(TooMany):
    """Finish or cancel one first."""

    code, title = "too_many_uploads", "Too many unfinished uploads"


class WrongTusVersion(AppError):
    """`Tus-Version` of the answer says which would be right."""

    code, status, title = "wrong_tus_version", 412, "This server speaks tus 1.0.0"


class NotAnOffsetStream(AppError):
    """The bytes have to come as `application/offset+octet-stream`."""

    code, status, title = "not_an_offset_stream", 415, "This content type is not accepted"
