"""A multipart body with one file; Locust's fast client sends bytes."""

import secrets


def one_file(field: str, name: str, content: bytes, media_type: str) -> tuple[bytes, str]:
    """The body and its content type."""
    boundary = secrets.token_hex(16)
    head = (
        f"--{boundary}\r\n"
        f'content-disposition: form-data; name="{field}"; filename="{name}"\r\n'
        f"content-type: {media_type}\r\n\r\n"
    )
    body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"
