"""Bodies of uploads. The protocol itself speaks in headers."""

from app.kernel.structs import Id, Timestamp, View
from media.uploads.models import Upload, UploadState


class UploadView(View):
    """How far an upload has come."""

    id: Id
    name: str
    length: int
    """Bytes it will have."""
    offset: int
    """Bytes that have arrived: go on there."""
    state: UploadState
    expires_at: Timestamp

    @classmethod
    def of(cls, upload: Upload) -> "UploadView":
        """Of a row."""
        return cls(
            id=Id(upload.id),
            name=upload.name,
            length=upload.length,
            offset=upload.received,
            state=UploadState(upload.state),
            expires_at=Timestamp.of(upload.expires_at),
        )
