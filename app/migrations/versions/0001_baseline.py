"""baseline"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.migrations import FOLDER, run_script

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(op.get_bind(), (FOLDER / "sql" / "jobs_3_10_0.sql").read_text())
    op.create_table(
        "account_blocks",
        sa.Column("blocker_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("blocked_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("blocker_id", "blocked_id", name=op.f("pk_account_blocks")),
    )
    op.create_index(
        "ix_account_blocks_blocked", "account_blocks", ["blocked_id", "blocker_id"], unique=False
    )
    op.create_table(
        "brand_keys",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("brand_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hint", sa.String(length=16), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.String(length=32)), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rotated_to", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_brand_keys_key_hash")),
    )
    op.create_index("ix_brand_keys_brand_id", "brand_keys", ["brand_id"], unique=False)
    op.create_table(
        "brands",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("test_account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brands")),
        sa.UniqueConstraint("name_folded", name=op.f("uq_brands_name_folded")),
        sa.UniqueConstraint("test_account_id", name=op.f("uq_brands_test_account_id")),
    )
    op.create_table(
        "comments",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.String(length=500), nullable=True),
        sa.Column("order", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_id", sa.BigInteger(), nullable=True),
        sa.Column("client_id", sa.String(length=64), nullable=True),
        sa.Column("status", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("status_order", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("replies", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("replies_order", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("replies >= 0", name=op.f("ck_comments_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index(
        "ix_comments_post",
        "comments",
        ["post_id", "order"],
        unique=False,
        postgresql_where=sa.text("root_id IS NULL"),
    )
    op.create_index("ix_comments_thread", "comments", ["root_id", "order"], unique=False)
    op.create_index(
        "uq_comments_client",
        "comments",
        ["post_id", "author_id", "client_id"],
        unique=True,
        postgresql_where=sa.text("client_id IS NOT NULL"),
    )
    op.create_table(
        "content_accounts",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("name_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.Column("avatar_image_id", sa.BigInteger(), nullable=True),
        sa.Column("cover_image_id", sa.BigInteger(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("owner_shopper_id", sa.BigInteger(), nullable=True),
        sa.Column("brand_id", sa.BigInteger(), nullable=True),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("posts", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_accounts")),
    )
    op.create_index(
        "ix_content_accounts_avatar",
        "content_accounts",
        ["avatar_image_id"],
        unique=False,
        postgresql_where=sa.text("avatar_image_id IS NOT NULL"),
    )
    op.create_index(
        "ix_content_accounts_brand",
        "content_accounts",
        ["brand_id"],
        unique=False,
        postgresql_where=sa.text("kind = 'brand'"),
    )
    op.create_index(
        "ix_content_accounts_grams",
        "content_accounts",
        ["name_grams"],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        "ix_content_accounts_owner",
        "content_accounts",
        ["owner_shopper_id"],
        unique=False,
        postgresql_where=sa.text("kind <> 'shopper'"),
    )
    op.create_index(
        "ix_content_accounts_popular",
        "content_accounts",
        ["live", "verified", "posts"],
        unique=False,
        postgresql_where=sa.text("kind <> 'shopper'"),
    )
    op.create_table(
        "demo_steps",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("made_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_demo_steps")),
    )
    op.create_table(
        "follower_counts",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("part", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("followers", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "part", name=op.f("pk_follower_counts")),
    )
    op.create_table(
        "follows",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shopper_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "shopper_id", name=op.f("pk_follows")),
    )
    op.create_index(
        "ix_follows_newest", "follows", ["account_id", "at_ms", "shopper_id"], unique=False
    )
    op.create_index("ix_follows_shopper", "follows", ["shopper_id", "account_id"], unique=False)
    op.create_table(
        "hidden_posts",
        sa.Column("shopper_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("shopper_id", "post_id", name=op.f("pk_hidden_posts")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(
        op.f("ix_idempotency_keys_made_at"), "idempotency_keys", ["made_at"], unique=False
    )
    op.create_table(
        "image_contents",
        sa.Column("hash", sa.CHAR(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("color", sa.CHAR(length=7), nullable=False),
        sa.Column("placeholder", sa.String(length=400), nullable=False),
        sa.Column("widths", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("formats", postgresql.ARRAY(sa.String(length=8)), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_image_contents")),
    )
    op.create_table(
        "mutes",
        sa.Column("shopper_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("shopper_id", "account_id", name=op.f("pk_mutes")),
    )
    op.create_table(
        "node_leases",
        sa.Column("node", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("until_seconds", sa.BigInteger(), nullable=False),
        sa.Column("limit_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_node_leases")),
    )
    op.create_table(
        "notifications",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recipient_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("group", sa.String(length=60), nullable=False),
        sa.Column("order", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("others", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=True),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.Column("excerpt", sa.String(length=80), nullable=False),
        sa.Column("read", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint(
            "recipient_id", "group", name=op.f("uq_notifications_recipient_id_group")
        ),
    )
    op.create_index("ix_notifications_list", "notifications", ["recipient_id", "id"], unique=False)
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["recipient_id"],
        unique=False,
        postgresql_where=sa.text("NOT read"),
    )
    op.create_table(
        "one_time_code_events",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code_events")),
    )
    op.create_index(
        "ix_one_time_code_events_address_at",
        "one_time_code_events",
        ["address", "at"],
        unique=False,
    )
    op.create_index("ix_one_time_code_events_at", "one_time_code_events", ["at"], unique=False)
    op.create_index(
        "ix_one_time_code_events_phone_at", "one_time_code_events", ["phone", "at"], unique=False
    )
    op.create_table(
        "one_time_codes",
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("phone", name=op.f("pk_one_time_codes")),
        sa.UniqueConstraint("id", name=op.f("uq_one_time_codes_id")),
    )
    op.create_table(
        "post_audience",
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shopper_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("post_id", "shopper_id", name=op.f("pk_post_audience")),
    )
    op.create_table(
        "post_edits",
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("picture_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("product_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("post_id", "version", name=op.f("pk_post_edits")),
    )
    op.create_table(
        "post_reactions",
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shopper_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("bits", sa.SmallInteger(), nullable=False),
        sa.Column("order", sa.BigInteger(), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("post_id", "shopper_id", name=op.f("pk_post_reactions")),
    )
    op.create_index(
        "ix_post_reactions_liked",
        "post_reactions",
        ["shopper_id", "post_id"],
        unique=False,
        postgresql_where=sa.text("(bits & 1) = 1"),
    )
    op.create_table(
        "post_tags",
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tag", "post_id", name=op.f("pk_post_tags")),
    )
    op.create_index(
        "ix_post_tags_newest",
        "post_tags",
        ["tag", "live", sa.literal_column("published_at DESC"), sa.literal_column("post_id DESC")],
        unique=False,
    )
    op.create_index("ix_post_tags_post", "post_tags", ["post_id"], unique=False)
    op.create_table(
        "post_tallies",
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("likes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("shares", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reactions_order", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("comments", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("comments_order", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("views", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "least(likes, comments, shares, views) >= 0", name=op.f("ck_post_tallies_not_negative")
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_post_tallies")),
    )
    op.create_table(
        "posts",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("author_shopper_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hashtags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("picture_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("product_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("repost_of_id", sa.BigInteger(), nullable=True),
        sa.Column("original_account_id", sa.BigInteger(), nullable=True),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("fan_out", sa.String(length=8), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pinned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
    )
    op.create_index("ix_posts_managed", "posts", ["account_id", "id"], unique=False)
    op.create_index(
        "ix_posts_pictures", "posts", ["picture_ids"], unique=False, postgresql_using="gin"
    )
    op.create_index(
        "ix_posts_pinned",
        "posts",
        ["account_id"],
        unique=False,
        postgresql_where=sa.text("pinned_at IS NOT NULL"),
    )
    op.create_index(
        "ix_posts_products", "posts", ["product_ids"], unique=False, postgresql_using="gin"
    )
    op.create_index(
        "ix_posts_reposts",
        "posts",
        ["repost_of_id", "id"],
        unique=False,
        postgresql_where=sa.text("repost_of_id IS NOT NULL"),
    )
    op.create_index(
        "ix_posts_wall",
        "posts",
        ["account_id", sa.literal_column("published_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("status = 'published'"),
    )
    op.create_table(
        "products",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("brand_id", sa.BigInteger(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("title_folded", sa.Text(), nullable=False),
        sa.Column("title_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("original_price_minor", sa.BigInteger(), nullable=True),
        sa.Column("image_id", sa.BigInteger(), nullable=True),
        sa.Column("link", sa.String(length=500), nullable=True),
        sa.Column("stock", sa.String(length=16), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_products_price")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
    )
    op.create_index(
        "ix_products_catalogue",
        "products",
        ["brand_id", "live", "id"],
        unique=False,
        postgresql_where=sa.text("NOT archived"),
    )
    op.create_index(
        "ix_products_image",
        "products",
        ["image_id"],
        unique=False,
        postgresql_where=sa.text("image_id IS NOT NULL"),
    )
    op.create_index(
        "ix_products_title_grams", "products", ["title_grams"], unique=False, postgresql_using="gin"
    )
    op.create_index(
        "uq_products_external",
        "products",
        ["brand_id", "live", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_table(
        "pulled_authors",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_pulled_authors")),
    )
    op.create_table(
        "quarantined_decisions",
        sa.Column("bucket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column(
            "quarantined_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint(
            "bucket", "epoch", "sequence", name=op.f("pk_quarantined_decisions")
        ),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shopper_id", sa.BigInteger(), nullable=False),
        sa.Column("target_kind", sa.String(length=16), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint(
            "shopper_id",
            "target_kind",
            "target_id",
            name=op.f("uq_reports_shopper_id_target_kind_target_id"),
        ),
    )
    op.create_table(
        "revocations",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("brand_id", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "transaction",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text)::bigint"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revocations")),
    )
    op.create_index("ix_revocations_expires_at", "revocations", ["expires_at"], unique=False)
    op.create_index("ix_revocations_transaction", "revocations", ["transaction"], unique=False)
    op.create_table(
        "shopper_graphs",
        sa.Column("shopper_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("following", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shopper_id", name=op.f("pk_shopper_graphs")),
    )
    op.create_table(
        "shoppers",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("bio", sa.String(length=200), nullable=False),
        sa.Column("avatar_image_id", sa.BigInteger(), nullable=True),
        sa.Column("locale", sa.String(length=8), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shoppers")),
        sa.UniqueConstraint("phone", name=op.f("uq_shoppers_phone")),
    )
    op.create_table(
        "brand_members",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("brand_id", sa.BigInteger(), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("shopper_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("grant_id", sa.BigInteger(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["shopper_id"], ["shoppers.id"], name=op.f("fk_brand_members_shopper_id_shoppers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_members")),
        sa.UniqueConstraint("brand_id", "phone", name=op.f("uq_brand_members_brand_id_phone")),
    )
    op.create_index("ix_brand_members_phone", "brand_members", ["phone"], unique=False)
    op.create_index("ix_brand_members_shopper_id", "brand_members", ["shopper_id"], unique=False)
    op.create_table(
        "images",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("hash", sa.CHAR(length=64), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["hash"], ["image_contents.hash"], name=op.f("fk_images_hash_image_contents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_images")),
        sa.UniqueConstraint("owner_id", "live", "hash", name=op.f("uq_images_owner_id_live_hash")),
    )
    op.create_index(op.f("ix_images_hash"), "images", ["hash"], unique=False)
    op.create_table(
        "operators",
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("shopper_id", sa.BigInteger(), nullable=True),
        sa.Column("grant_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["shopper_id"], ["shoppers.id"], name=op.f("fk_operators_shopper_id_shoppers")
        ),
        sa.PrimaryKeyConstraint("phone", name=op.f("pk_operators")),
    )
    op.create_index("ix_operators_shopper_id", "operators", ["shopper_id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shopper_id", sa.BigInteger(), nullable=False),
        sa.Column("device_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("sealed_secret", sa.LargeBinary(length=32), nullable=True),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_hash", sa.LargeBinary(length=16), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["shopper_id"], ["shoppers.id"], name=op.f("fk_sessions_shopper_id_shoppers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"], unique=False)
    op.create_index("ix_sessions_shopper_id", "sessions", ["shopper_id"], unique=False)
