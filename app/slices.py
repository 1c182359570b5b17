"""Every slice of the house, from the lowest floor up: the order in which they are wired."""

from app.identity.plugin import slice_ as identity
from app.kernel.house import Slice
from app.realtime.plugin import slice_ as realtime
from campaigns.benefits.plugin import slice_ as benefits
from campaigns.brands.plugin import slice_ as brands
from campaigns.ledger.plugin import slice_ as ledger
from campaigns.payouts.plugin import slice_ as payouts
from campaigns.products.plugin import slice_ as products
from feeds.accounts.plugin import slice_ as accounts
from feeds.comments.plugin import slice_ as comments
from feeds.encodings.plugin import slice_ as encodings
from feeds.figures.plugin import slice_ as figures
from feeds.library.plugin import slice_ as library
from feeds.notifications.plugin import slice_ as notifications
from feeds.posts.plugin import slice_ as posts
from feeds.reactions.plugin import slice_ as reactions
from feeds.relations.plugin import slice_ as relations
from feeds.reports.plugin import slice_ as reports
from feeds.threads.plugin import slice_ as threads
from feeds.timelines.plugin import slice_ as timelines
from games.cards.plugin import slice_ as cards
from games.claims.plugin import slice_ as claims
from games.packets.plugin import slice_ as packets
from games.polls.plugin import slice_ as polls
from media.delivery.plugin import slice_ as delivery
from media.images.plugin import slice_ as images
from media.stills.plugin import slice_ as stills
from media.studio.plugin import slice_ as studio
from media.timelines.plugin import slice_ as film_timelines
from media.transcoding.plugin import slice_ as transcoding
from media.uploads.plugin import slice_ as uploads
from media.videos.plugin import slice_ as videos
from media.watching.plugin import slice_ as watching

SLICES: tuple[Slice, ...] = (
    identity,
    realtime,
    images,
    uploads,
    videos,
    transcoding,
    stills,
    film_timelines,
    delivery,
    watching,
    studio,
    brands,
    products,
    benefits,
    ledger,
    payouts,
    packets,
    polls,
    claims,
    cards,
    accounts,
    relations,
    reports,
    posts,
    encodings,
    library,
    figures,
    reactions,
    comments,
    threads,
    notifications,
    timelines,
)
