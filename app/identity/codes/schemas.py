"""Bodies of requests for codes."""

from app.identity.schemas import PhoneText
from app.kernel.structs import Input, View


class CodeRequest(Input):
    """Where to send a code."""

    phone: PhoneText


class CodeSent(View):
    """The same for every phone, known or not."""

    expires_in_seconds: int
    resend_after_seconds: int
