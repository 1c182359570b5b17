"""Asking for a one-time code."""

from typing import Any

from litestar import Controller, Request, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.identity.codes import rules
from app.identity.codes.schemas import CodeRequest, CodeSent
from app.identity.codes.service import CodeService
from app.identity.schemas import phone_of
from app.kernel.database import Transaction
from app.kernel.http.states import caller_of


class CodeController(Controller):
    """One-time codes."""

    path = "/v1/auth/codes"
    tags = ("sign-in",)

    @post("/", operation_id="sendCode", summary="Send a one-time code", status_code=202)
    async def send(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[CodeRequest],
        tx: NamedDependency[Transaction],
        codes: NamedDependency[CodeService],
    ) -> CodeSent:
        """Send six digits to a phone, good for five minutes and five attempts. The answer does not
        tell whether the phone is known. A phone and an address may ask only so often: 429."""
        await codes.send(tx, phone_of(data.phone), caller_of(request).address)
        return CodeSent(
            expires_in_seconds=int(rules.CODE_LIFE.total_seconds()),
            resend_after_seconds=int(rules.RESEND_AFTER.total_seconds()),
        )
