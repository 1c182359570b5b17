"""What can be wrong with an upload. Each message tells the shopper what to do next.

AppError
├── NotAPicture     422  another type of file, or one we cannot read (HEIC, SVG, TIFF …)
├── PictureTooLarge 413  over the bytes, the pixels or the length of a side
├── PictureDamaged  422  the right type, but it does not decode
├── PictureNotFound 404  no such picture, or another owner's
└── PicturesBusy    503  the workshop's queue is full
"""

from app.kernel.errors import NotFound, TooLarge, Unavailable, Unprocessable


class NotAPicture(Unprocessable):
    """The bytes are not one of the accepted types, whatever the name says."""

    code, title = "not_a_picture", "This file is not a picture we can use"


class PictureTooLarge(TooLarge):
    """Refused by its size, before a pixel was decoded."""

    code, title = "picture_too_large", "This picture is too large"


class PictureDamaged(Unprocessable):
    """The header promises a picture and the rest does not keep it."""

    code, title = "picture_damaged", "This picture is damaged"


class PictureNotFound(NotFound):
    """There is no such picture of this owner."""

    code, title = "picture_not_found", "This picture does not exist"


class PicturesBusy(Unavailable):
    """Too many uploads wait already; nothing was stored."""

    code, title = "pictures_busy", "Many pictures are being uploaded, please try again in a moment"
