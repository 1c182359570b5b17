"""A brand with a budget on a running installation, over its public API alone."""

import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.faults.installation import Installation


def soon(seconds: float) -> str:
    """A moment so many seconds from now, as the API reads it."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def lucky(count: int, total_minor: int) -> dict[str, Any]:
    """Shares of random size."""
    return {"form": "lucky", "count": count, "totalMinor": total_minor}


class FairBrand:
    """Gives packets away. Its operator and owner are people who signed in by phone."""

    def __init__(self, installation: Installation, name: str = "山茶工坊") -> None:
        self._installation = installation
        self._http = httpx.Client(base_url=installation.url, timeout=20)
        operator, owner = _phone(), _phone()
        token = self.sign_in(operator)
        installation.run("operator", f"+86{operator}")
        operate = self._ask("POST", "/v1/auth/workplaces/operator", token)["accessToken"]
        self._operate: str = operate
        self.id: str = self._ask("POST", "/v1/brands", operate, {"name": name})["id"]
        member = {"phone": f"+86{owner}", "role": "owner"}
        self._ask("POST", f"/v1/brands/{self.id}/members", operate, member)
        money = {"amount": {"amountMinor": 10_000_000, "currency": "CNY"}, "reference": "fair"}
        self._ask("POST", f"/v1/brands/{self.id}/ledger/top-ups", operate, money)
        self._owner = self.sign_in(owner)
        self._token = self._ask("POST", f"/v1/auth/workplaces/{self.id}", self._owner)[
            "accessToken"
        ]

    def colleague(self) -> str:
        """The phone of somebody who runs the brand's things and has not signed in yet."""
        phone = _phone()
        member = {"phone": f"+86{phone}", "role": "operations"}
        self._ask("POST", f"/v1/brands/{self.id}/members", self._operate, member)
        return phone

    def product(self, title: str, price_minor: int) -> str:
        """The id of a product."""
        price = {"amountMinor": price_minor, "currency": "CNY"}
        path = f"/v1/brands/{self.id}/products"
        return str(self._ask("POST", path, self._token, {"title": title, "price": price})["id"])

    def redeem(self, code: str) -> dict[str, Any]:
        """Use a coupon's code up, as a till would."""
        return self._ask(
            "POST", f"/v1/brands/{self.id}/coupons/redemptions", self._token, {"code": code}
        )

    def packet(self, rules: dict[str, Any], *, title: str, **more: Any) -> str:
        """The id of a packet that is scheduled; it opens at once unless `opensAt` says later."""
        thanks = more.pop("thanks", "谢谢你来，祝你有美好的一天！")
        path = f"/v1/brands/{self.id}/packets"
        body = {"title": title, "thanks": thanks, "rules": rules}
        packet_id: str = self._ask("POST", path, self._token, body)["id"]
        self._ask("POST", f"{path}/{packet_id}/fund", self._token)
        self._ask("POST", f"{path}/{packet_id}/schedule", self._token, more)
        return packet_id

    def post(self, text: str, packet_id: str) -> str:
        """The id of a post of the brand that carries a packet."""
        body = {
            "kind": "news",
            "accountId": self.id,
            "text": text,
            "attachment": {"type": "packet", "packetId": packet_id},
        }
        made = self._ask("POST", "/v1/posts", self._owner, body)
        return str(made["post"]["id"])

    def figures(self, packet_id: str) -> dict[str, Any]:
        """What happens with a packet, live."""
        path = f"/v1/brands/{self.id}/packets/{packet_id}/figures"
        return self._ask("GET", path, self._token)

    def guests(self, packet_id: str, count: int) -> None:
        """Others who open it first."""
        for _ in range(count):
            token = self.sign_in(_phone())
            ticket = self._ask("GET", f"/v1/packets/{packet_id}", token)["ticket"]
            self._ask("POST", f"/v1/packets/{packet_id}/grab", token, {"ticket": ticket})

    def sign_in(self, phone: str) -> str:
        """A shopper's token."""
        number = f"+86{phone}"
        assert self._http.post("/v1/auth/codes", json={"phone": number}).status_code == 202
        lines = (self._installation.folder / "data" / "codes.log").read_text().splitlines()
        sent = [json.loads(line) for line in lines]
        code = [each["code"] for each in sent if each["phone"] == number][-1]
        body = {"phone": number, "code": code, "deviceName": "fair"}
        return str(self._http.post("/v1/auth/sessions", json=body).json()["accessToken"])

    def _ask(self, method: str, path: str, token: str, body: Any = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        answer = self._http.request(method, path, headers=headers, json=body)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        return answer.json()


def _phone() -> str:
    return f"139{secrets.randbelow(10**8):08d}"
