"""What changes accounts by itself: brands, shoppers, pictures and posts, told by their events."""

from app.identity.events import ShopperChanged, ShopperRegistered
from app.kernel.database import Transaction
from app.kernel.events import Events
from campaigns.brands.events import BrandCreated, BrandRenamed
from feeds.accounts.events import AccountChanged
from feeds.accounts.interfaces import AccountKind
from feeds.accounts.repository import AccountRepository
from feeds.accounts.service import AccountService
from feeds.posts.events import PostPublished, PostWithdrawn
from media.images.events import ImageRendered


class AccountUpkeep:
    """Keeps content accounts in step with what stands behind them."""

    def __init__(
        self, repository: AccountRepository, accounts: AccountService, events: Events
    ) -> None:
        self._repository = repository
        self._accounts = accounts
        self._events = events

    async def shopper_registered(self, tx: Transaction, event: ShopperRegistered) -> None:
        """A shopper's own account has the shopper's id."""
        await self._accounts.add(
            tx,
            event.shopper_id,
            AccountKind.SHOPPER,
            event.name,
            owner_shopper_id=event.shopper_id,
        )

    async def shopper_changed(self, tx: Transaction, event: ShopperChanged) -> None:
        """The own account shows the profile."""
        account = await self._repository.get(tx.session, event.shopper_id, lock=True)
        assert account is not None, "every shopper has an account"
        before = account.card_facts
        account.rename(event.name)
        account.bio, account.avatar_image_id = event.bio, event.avatar_image_id
        await self._accounts.saved(tx, account, before)

    async def brand_created(self, tx: Transaction, event: BrandCreated) -> None:
        """A live account with the brand's id, and a twin that only test keys see."""
        for account_id, live in ((event.brand_id, True), (event.test_account_id, False)):
            await self._accounts.add(
                tx,
                account_id,
                AccountKind.BRAND,
                event.name,
                brand_id=event.brand_id,
                verified=True,
                live=live,
            )

    async def brand_renamed(self, tx: Transaction, event: BrandRenamed) -> None:
        """Both accounts carry the brand's name."""
        for live in (True, False):
            for known in await self._repository.of_brands(tx.session, [event.brand_id], live=live):
                account = await self._repository.get(tx.session, known.id, lock=True)
                assert account is not None
                before = account.card_facts
                account.rename(event.name)
                await self._accounts.saved(tx, account, before)

    async def image_rendered(self, tx: Transaction, event: ImageRendered) -> None:
        """An avatar has more formats: the card is another one."""
        for account_id in await self._repository.with_avatar(tx.session, event.image_id):
            await self._events.publish(tx, AccountChanged(account_id))

    async def post_published(self, tx: Transaction, event: PostPublished) -> None:
        """Count it."""
        await self._repository.add_posts(tx.session, event.post.account_id, 1)

    async def post_withdrawn(self, tx: Transaction, event: PostWithdrawn) -> None:
        """Count it no longer."""
        await self._repository.add_posts(tx.session, event.post.account_id, -1)
